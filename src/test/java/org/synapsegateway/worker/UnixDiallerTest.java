// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.synapsegateway.wire.ScriptedWorker;

/** Both ways to a UNIX socket tell apart: it answers, it has no room, nobody is there. */
class UnixDiallerTest {
  private static final ScriptedWorker.Script NOTHING = connection -> connection.awaitEnd();

  @TempDir Path directory;

  static Stream<Named<Function<String, UnixDialler>>> diallers() {
    return Stream.of(
        Named.of("native", UnixDialler.Native::new),
        Named.of("portable", UnixDialler.Portable::new));
  }

  private UnixDialler dialler(Function<String, UnixDialler> make) {
    return make.apply(socket().toString());
  }

  private Path socket() {
    return directory.resolve("w.sock");
  }

  @ParameterizedTest
  @MethodSource("diallers")
  void aListenerIsReached(Function<String, UnixDialler> make) throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket(), NOTHING)) {
      Channel channel = dialler(make).dial();
      try {
        assertThat(channel.isActive()).isTrue();
        worker.awaitConnection(0);
      } finally {
        channel.unsafe().closeForcibly();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("diallers")
  void aFullBacklogIsNoFailure(Function<String, UnixDialler> make) throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.deaf(socket(), 1, NOTHING)) {
      worker.fillBacklog();
      assertThat(dialler(make).dial()).isNull();
    }
  }

  @ParameterizedTest
  @MethodSource("diallers")
  void aSocketThatRefusesIsAFailure(Function<String, UnixDialler> make) throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.at(socket(), NOTHING)) {
      worker.refuse();
      assertThatThrownBy(() -> dialler(make).dial()).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("diallers")
  void aSocketThatIsNotThereIsAFailure(Function<String, UnixDialler> make) {
    assertThatThrownBy(() -> dialler(make).dial()).isInstanceOf(IOException.class);
  }
}
