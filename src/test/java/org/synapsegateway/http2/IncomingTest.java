// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.Failure;

/** What the window of a body gets back, whenever its sink comes and whatever that does. */
class IncomingTest {
  private static final int SIZE = 100;

  private final Window window = new Window();
  private final Incoming body = new Incoming(window);
  private final Sink sink = new Sink();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBodyThatIsWholeBeforeItsSinkComesGivesItsWindowBack(boolean hasLength) {
    data(hasLength);
    body.end(null);
    assertThat(window.given).isZero();

    body.start(sink);
    assertThat(sink.taken).isEqualTo(SIZE);
    assertThat(window.given).isEqualTo(SIZE);
  }

  @Test
  void aBodyThatEndsWhileItsSinkPausesGivesItsWindowBack() {
    body.start(sink);
    body.pause();
    data(false);
    assertThat(window.given).isZero();

    body.end(null);
    assertThat(sink.hasEnded).isTrue();
    assertThat(window.given).isEqualTo(SIZE);
  }

  @Test
  void aBodyThatIsNotWantedGivesItsWindowBack() {
    data(false);
    body.cancel();
    data(false);
    assertThat(window.given).isEqualTo(2 * SIZE);
  }

  private void data(boolean last) {
    ByteBuf part = Unpooled.buffer().writeZero(SIZE);
    body.data(part, SIZE, last);
    part.release();
  }

  private static final class Window implements Incoming.Window {
    private int given;

    @Override
    public void giveBack(int bytes) {
      given += bytes;
    }

    @Override
    public void awaitsMore(boolean whether) {
      // nobody waits
    }

    @Override
    public void flush() {
      // nothing is sent
    }
  }

  private static final class Sink implements BodySink {
    private int taken;
    private boolean hasEnded;

    @Override
    public void data(ByteBuf bytes) {
      taken += bytes.readableBytes();
      bytes.release();
    }

    @Override
    public void pausing() {
      // nothing is sent
    }

    @Override
    public void end(@Nullable String trailers) {
      hasEnded = true;
    }

    @Override
    public void abort(Failure failure) {
      throw new AssertionError(failure);
    }
  }
}
