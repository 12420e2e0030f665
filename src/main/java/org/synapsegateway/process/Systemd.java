// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the state of the service to systemd, where a unit has {@code Type=notify}: that it is
 * ready, that it stops, and, for {@code WatchdogSec=}, that it is alive (sd_notify(3)). Elsewhere
 * it does nothing. Safe for any thread.
 */
final class Systemd implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Systemd.class);

  /** Null without systemd, or if another process notifies it. */
  private volatile @Nullable AFUNIXSocketAddress address;

  /** The interval of notices that the service is alive; zero for none. */
  private final Duration watchdog;

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("systemd", true));

  private Systemd(@Nullable AFUNIXSocketAddress address, Duration watchdog) {
    this.address = address;
    this.watchdog = watchdog;
  }

  /**
   * What the environment of a process asks for.
   *
   * @param process the number of this process; the watchdog may be meant for another one
   */
  static Systemd of(Map<String, String> environment, long process) {
    String socket = environment.get("NOTIFY_SOCKET");
    try {
      return new Systemd(
          socket == null ? null : address(socket),
          isMeant(environment.get("WATCHDOG_PID"), process)
              ? watchdog(environment.get("WATCHDOG_USEC"))
              : Duration.ZERO);
    } catch (IOException | NumberFormatException e) {
      LOG.warn("The state of the gateway cannot be sent to systemd: {}", e.getMessage());
      return new Systemd(null, Duration.ZERO);
    }
  }

  private static AFUNIXSocketAddress address(String socket) throws IOException {
    return socket.startsWith("@")
        ? AFUNIXSocketAddress.inAbstractNamespace(socket.substring(1))
        : AFUNIXSocketAddress.of(new File(socket));
  }

  private static boolean isMeant(@Nullable String pid, long process) {
    return pid == null || pid.equals(Long.toString(process));
  }

  /** Half of the time after which systemd ends the service, as sd_watchdog_enabled(3) advises. */
  private static Duration watchdog(@Nullable String micros) {
    return micros == null
        ? Duration.ZERO
        : Duration.of(Long.parseLong(micros), ChronoUnit.MICROS).dividedBy(2);
  }

  /**
   * The service serves.
   *
   * @param status for {@code systemctl status}
   * @param alive asked in the time of the watchdog: systemd starts the service again when it is not
   */
  void ready(String status, BooleanSupplier alive) {
    if (address == null) {
      return;
    }
    tell("READY=1\nSTATUS=" + status);
    if (!watchdog.isZero()) {
      clock.scheduleAtFixedRate(
          () -> {
            if (alive.getAsBoolean()) {
              tell("WATCHDOG=1");
            }
          },
          0,
          watchdog.toMillis(),
          TimeUnit.MILLISECONDS);
    }
  }

  /** What {@code systemctl status} shows from now on. */
  void status(String status) {
    tell("STATUS=" + status);
  }

  /** Another process is the service's main process from now on, and sends all notices. */
  void handTo(long process) {
    tell("MAINPID=" + process);
    clock.shutdownNow();
    address = null;
  }

  /** The service stops; it still reports that it is alive until it is closed. */
  void stopping() {
    tell("STOPPING=1\nSTATUS=Requests in flight end");
  }

  private synchronized void tell(String state) {
    AFUNIXSocketAddress to = address;
    if (to == null) {
      return;
    }
    try (AFUNIXDatagramChannel channel = AFUNIXDatagramChannel.open()) {
      channel.send(StandardCharsets.UTF_8.encode(state), to);
    } catch (IOException e) {
      LOG.warn("Cannot notify systemd of {}: {}", state.replace('\n', ' '), e.getMessage());
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
