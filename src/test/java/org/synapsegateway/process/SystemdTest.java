// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.synapsegateway.LogCapture;

/** What systemd hears, at a socket of its kind. */
class SystemdTest {
  private static final long THIS = 7;

  @TempDir Path directory;
  private AFUNIXDatagramSocket systemd;
  private String socket;

  @BeforeEach
  void listen() throws IOException {
    socket = directory.resolve("notify").toString();
    systemd = listener(AFUNIXSocketAddress.of(directory.resolve("notify")));
  }

  @AfterEach
  void close() {
    systemd.close();
  }

  private static AFUNIXDatagramSocket listener(AFUNIXSocketAddress address) throws IOException {
    AFUNIXDatagramSocket listener = AFUNIXDatagramSocket.newInstance();
    listener.bind(address);
    listener.setSoTimeout(10_000);
    return listener;
  }

  private static String heard(AFUNIXDatagramSocket at) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[1000], 1000);
    at.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
  }

  @Test
  void itHearsOfStartChangeAndStop() throws Exception {
    try (Systemd told = Systemd.of(Map.of("NOTIFY_SOCKET", socket), THIS)) {
      told.ready("31 routes serve", () -> true);
      assertThat(heard(systemd)).isEqualTo("READY=1\nSTATUS=31 routes serve");
      told.status("32 routes serve");
      assertThat(heard(systemd)).isEqualTo("STATUS=32 routes serve");
      told.stopping();
      assertThat(heard(systemd)).isEqualTo("STOPPING=1\nSTATUS=Requests in flight end");
    }
  }

  @Test
  void itHearsWhichProcessIsTheMainOneAndNothingMoreFromTheOneBefore() throws Exception {
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "20000", "WATCHDOG_PID", "7");
    try (Systemd before = Systemd.of(environment, THIS);
        Systemd next = Systemd.of(Map.of("NOTIFY_SOCKET", socket), THIS + 1)) {
      before.ready("", () -> true);
      before.handTo(THIS + 1);
      for (String state = ""; !state.equals("MAINPID=8"); state = heard(systemd)) {
        assertThat(state).isIn("", "READY=1\nSTATUS=", "WATCHDOG=1");
      }
      before.status("gone");
      before.stopping();
      next.ready("here", () -> true);
      assertThat(heard(systemd)).isEqualTo("READY=1\nSTATUS=here");
    }
  }

  @Test
  void itHearsThatTheServiceIsAliveAsLongAsItIs() throws Exception {
    AtomicBoolean alive = new AtomicBoolean(true);
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "20000", "WATCHDOG_PID", "7");
    try (Systemd told = Systemd.of(environment, THIS)) {
      told.ready("", alive::get);
      assertThat(heard(systemd)).startsWith("READY=1");
      for (int i = 0; i < 3; i++) {
        assertThat(heard(systemd)).isEqualTo("WATCHDOG=1");
      }
      alive.set(false);
      told.status("last");
      for (String state = ""; !state.equals("STATUS=last"); state = heard(systemd)) {
        assertThat(state).isIn("", "WATCHDOG=1"); // one may have been under way
      }
      told.status("none between");
      assertThat(heard(systemd)).isEqualTo("STATUS=none between");
    }
  }

  @Test
  void theWatchdogOfAnotherProcessIsNotOurs() throws Exception {
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "20000", "WATCHDOG_PID", "8");
    try (Systemd told = Systemd.of(environment, THIS)) {
      told.ready(
          "",
          () -> {
            throw new AssertionError("asked");
          });
      told.status("next");
      assertThat(heard(systemd)).startsWith("READY=1");
      assertThat(heard(systemd)).isEqualTo("STATUS=next");
    }
  }

  @Test
  void itsSocketMayBeAbstract() throws Exception {
    String name = "synapse-gateway-test-" + ProcessHandle.current().pid();
    try (AFUNIXDatagramSocket hidden = listener(AFUNIXSocketAddress.inAbstractNamespace(name));
        Systemd told = Systemd.of(Map.of("NOTIFY_SOCKET", "@" + name), THIS)) {
      told.ready("here", () -> true);
      assertThat(heard(hidden)).isEqualTo("READY=1\nSTATUS=here");
    }
  }

  @Test
  void whereNobodyAsksOrListensTheServiceGoesOn() {
    try (Systemd none = Systemd.of(Map.of(), THIS);
        Systemd away =
            Systemd.of(Map.of("NOTIFY_SOCKET", directory.resolve("away").toString()), THIS);
        LogCapture log = LogCapture.of(Systemd.class)) {
      none.ready("", () -> true);
      none.stopping();
      assertThat(log.messages()).isEmpty();
      away.ready("x", () -> true);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .startsWith("Cannot notify systemd of READY=1 STATUS=x: ");
    }
  }
}
