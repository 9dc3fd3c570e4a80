package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.SourceText;
import dev.obdbuild.frontend.Warning;
import dev.obdbuild.frontend.parse.DockerfileParser;
import dev.obdbuild.frontend.parse.Reading;
import dev.obdbuild.frontend.subrequest.ConvertedGraph;
import dev.obdbuild.frontend.subrequest.Description;
import dev.obdbuild.frontend.subrequest.LintReport;
import dev.obdbuild.frontend.subrequest.TargetList;
import dev.obdbuild.llb.Graph;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Answers questions about a Dockerfile instead of planning its build. */
final class Subrequests {
  private final BuildConfig config;
  private final Sources sources;
  private final BuildInput input;
  private final SourceText text;

  Subrequests(BuildConfig config, Sources sources, BuildInput input, SourceText text) {
    this.config = config;
    this.sources = sources;
    this.input = input;
    this.text = text;
  }

  FrontendResult.Answered answer(String request) throws IOException {
    return switch (request) {
      case "frontend.subrequests.describe" -> answered(Description.metadata());
      case "frontend.targets" -> answered(targets().metadata());
      case "frontend.outline" ->
          planned(
              planner ->
                  StageOutline.of(planner.evaluate(false).target(), input.definition().bytes())
                      .metadata());
      case "frontend.convertllb" ->
          planned(planner -> new ConvertedGraph(planner.plan().graph()).metadata());
      case "frontend.lint" -> answered(lint().metadata());
      default -> throw UnsupportedException.request(request);
    };
  }

  private FrontendResult.Answered answered(SortedMap<String, byte[]> metadata) {
    return new FrontendResult.Answered(metadata, List.of(), input.definition().graph());
  }

  /** An answer that stages must be evaluated for. */
  private interface Question {
    SortedMap<String, byte[]> ask(Planner planner) throws IOException;
  }

  private FrontendResult.Answered planned(Question question) throws IOException {
    Reading reading = DockerfileParser.read(text.text());
    Checks checks = Checks.of(config, reading.file().check());
    Graph definition = input.definition().graph();
    try {
      SortedMap<String, byte[]> metadata =
          question.ask(new Planner(config, sources, input, reading, checks));
      checks.failIfAsked();
      return new FrontendResult.Answered(metadata, checks.warnings(), definition);
    } catch (DockerfileException e) {
      throw e.after(new DockerfileException.Warned(checks.warnings(), definition));
    }
  }

  private TargetList targets() throws DockerfileException {
    List<TargetList.Target> targets =
        DockerfileParser.read(text.text()).stages().stream()
            .map(
                stage ->
                    new TargetList.Target(
                        stage.name(),
                        DocComment.of(stage.origin().comments(), stage.name()),
                        stage.base(),
                        stage.platform(),
                        stage.origin().lines()))
            .toList();
    return new TargetList(targets, input.definition().bytes());
  }

  /** Without a target all stages are looked at. What cannot be built is part of the answer. */
  private LintReport lint() throws IOException {
    List<Warning> warnings = List.of();
    Optional<DockerfileException> error = Optional.empty();
    try {
      Reading reading = DockerfileParser.read(text.text());
      Checks checks = Checks.of(config, reading.file().check());
      warnings = checks.warnings();
      new Planner(config, sources, input, reading, checks).evaluate(config.target().isEmpty());
      checks.failIfAsked();
    } catch (DockerfileException e) {
      error = Optional.of(e);
    }
    List<LintReport.Finding> findings =
        warnings.stream()
            .map(
                w ->
                    new LintReport.Finding(
                        w.rule(), w.description(), w.url(), w.message(), w.lines()))
            .toList();
    return new LintReport(findings, error, text, input.definition().graph());
  }
}
