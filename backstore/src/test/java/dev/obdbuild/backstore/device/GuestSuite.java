package dev.obdbuild.backstore.device;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs test classes in a guest, where no Maven is: a line for each test, failures at the end. */
final class GuestSuite {
  private GuestSuite() {}

  /** Arguments: names of the classes. Ends with 1 when a test failed or none was run. */
  public static void main(String[] classes) {
    LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
    for (String name : classes) {
      request.selectors(selectClass(name));
    }
    SummaryGeneratingListener summaries = new SummaryGeneratingListener();
    run(request.build(), summaries);
    TestExecutionSummary summary = summaries.getSummary();
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    summary.printFailuresTo(out, 40);
    out.println(
        summary.getTestsSucceededCount() + " of " + summary.getTestsFoundCount() + " passed");
    System.exit(
        summary.getTestsFoundCount() > 0
                && summary.getTestsSucceededCount() == summary.getTestsFoundCount()
            ? 0
            : 1);
  }

  private static void run(LauncherDiscoveryRequest request, SummaryGeneratingListener summaries) {
    LauncherFactory.create().execute(request, summaries, new Lines());
  }

  private static final class Lines implements TestExecutionListener {
    private long start;

    @Override
    public void executionStarted(TestIdentifier test) {
      start = System.nanoTime();
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest()) {
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.println(
            result.getStatus() + " " + test.getDisplayName() + " " + took.toMillis() + " ms");
      }
    }
  }
}
