// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fuzz;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs all fuzz tests with one seed after the other; the command behind src/fuzz/run. */
public final class FuzzRun {
  private static final int FRAMES_SHOWN = 12;

  private FuzzRun() {}

  /**
   * Ends with exit status 1 if a property is broken.
   *
   * @param args how many minutes, and the seed to begin with if it is not to be a random one
   */
  public static void main(String[] args) {
    Duration time = Duration.ofMillis((long) (60_000 * Double.parseDouble(args[0])));
    long seed = args.length > 1 ? Long.parseLong(args[1]) : new SecureRandom().nextInt(1 << 30);
    boolean sound;
    try (LauncherSession session = LauncherFactory.openSession()) {
      sound = run(session.getLauncher(), time, seed);
    }
    System.exit(sound ? 0 : 1);
  }

  private static boolean run(Launcher launcher, Duration time, long firstSeed) {
    LauncherDiscoveryRequest tests =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectPackage("org.synapsegateway"))
            .filters(ClassNameFilter.includeClassNamePatterns(".*FuzzTest"))
            .build();
    long begun = System.nanoTime();
    long seed = firstSeed;
    do {
      System.setProperty("fuzz.seed", Long.toString(seed));
      SummaryGeneratingListener listener = new SummaryGeneratingListener();
      launcher.execute(tests, listener);
      TestExecutionSummary summary = listener.getSummary();
      System.out.printf(
          "seed %d: %d properties, %d broken; %,d inputs in %d s%n",
          seed,
          summary.getTestsFoundCount(),
          summary.getTestsFailedCount(),
          Fuzz.tried(),
          (System.nanoTime() - begun) / 1_000_000_000);
      if (summary.getTestsSucceededCount() < summary.getTestsFoundCount()
          || summary.getTestsFoundCount() == 0) {
        show(summary);
        return false;
      }
      seed++;
    } while (System.nanoTime() - begun < time.toNanos());
    return true;
  }

  private static void show(TestExecutionSummary summary) {
    summary.printFailuresTo(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8), FRAMES_SHOWN);
  }
}
