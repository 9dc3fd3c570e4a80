package dev.obdbuild.builder.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Flags of docker build and buildx that are refused by name, so that none is silently ignored. */
final class LaterFlags {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the annotated field
  LaterFlags() {}

  @Option(names = "--annotation", hidden = true)
  void annotation(String value) {
    refuse("--annotation");
  }

  @Option(names = "--attest", hidden = true)
  void attest(String value) {
    refuse("--attest");
  }

  @Option(names = "--build-context", hidden = true)
  void buildContext(String value) {
    refuse("--build-context");
  }

  @Option(names = "--cache-from", hidden = true)
  void cacheFrom(String value) {
    refuse("--cache-from");
  }

  @Option(names = "--cache-to", hidden = true)
  void cacheTo(String value) {
    refuse("--cache-to");
  }

  @Option(names = "--call", hidden = true)
  void call(String value) {
    refuse("--call");
  }

  @Option(names = "--check", hidden = true)
  void check(boolean value) {
    refuse("--check");
  }

  @Option(names = "--cgroup-parent", hidden = true)
  void cgroupParent(String value) {
    refuse("--cgroup-parent");
  }

  @Option(
      names = {"-o", "--output"},
      hidden = true)
  void output(String value) {
    refuse("--output");
  }

  @Option(names = "--provenance", hidden = true, arity = "0..1")
  void provenance(String value) {
    refuse("--provenance");
  }

  @Option(names = "--sbom", hidden = true, arity = "0..1")
  void sbom(String value) {
    refuse("--sbom");
  }

  @Option(names = "--ssh", hidden = true)
  void ssh(String value) {
    refuse("--ssh");
  }

  private void refuse(String flag) {
    throw new ParameterException(spec.commandLine(), flag + " is not supported yet");
  }
}
