package dev.obdbuild.frontend.jmh;

import dev.obdbuild.frontend.fuzz.Inputs;
import dev.obdbuild.frontend.parse.Dockerfile;
import dev.obdbuild.frontend.parse.DockerfileParser;
import dev.obdbuild.frontend.plan.BuildPlan;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A large Dockerfile: read only, and planned to its graph with a base whose config is at hand. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ParseBenchmark {
  @Param({"200", "2000"})
  public int lines;

  private String text = "";

  @Setup
  public void setUp() {
    text = Inputs.lines(lines);
  }

  @Benchmark
  public Dockerfile parse() throws Exception {
    return DockerfileParser.parse(text);
  }

  @Benchmark
  public Optional<BuildPlan> plan() throws Exception {
    return Inputs.plan(text);
  }
}
