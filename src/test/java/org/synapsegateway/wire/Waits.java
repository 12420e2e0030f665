// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Has each {@code await()} look at once, and then every few milliseconds: Awaitility's own 100 ms
 * were a good part of the tests' time.
 *
 * <p>Registered with the JUnit Platform through META-INF/services.
 */
public final class Waits implements LauncherSessionListener {
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
  }
}
