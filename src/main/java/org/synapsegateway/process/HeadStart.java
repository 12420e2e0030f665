// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import io.netty.channel.epoll.Epoll;
import io.netty.handler.ssl.OpenSsl;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import org.newsclub.net.unix.AFUNIXSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.config.Configuration;
import org.synapsegateway.settings.Setting;

/**
 * What a start needs late, loaded from its beginning on by a thread of its own: native libraries,
 * which are unpacked from their jars first, and what Java finds out about the machine.
 *
 * <p>Who needs one of them while it is being loaded waits for it, and reports it if it cannot be
 * loaded.
 */
public final class HeadStart {
  // the thread needs the log that this sets up: two threads must not
  private static final Logger LOG = LoggerFactory.getLogger(HeadStart.class);

  private HeadStart() {}

  /** Begins to load. */
  public static void begin() {
    Thread thread = new Thread(HeadStart::load, "head-start");
    thread.setDaemon(true);
    thread.start();
  }

  private static boolean wantsTls() {
    return Configuration.given(Setting.TLS_CERTIFICATES.key())
        .filter(set -> !set.isBlank())
        .isPresent();
  }

  private static void load() {
    try {
      new SecureRandom().nextInt();
      Epoll.isAvailable();
      AFUNIXSocket.isSupported();
      ManagementFactory.getOperatingSystemMXBean();
      if (wantsTls()) {
        OpenSsl.isAvailable();
      }
    } catch (RuntimeException | LinkageError e) {
      LOG.debug("Not loaded ahead", e);
    }
  }
}
