// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.net.MemoryBudget;

class ReplayableBodyTest {
  private final ReplayBudget memory = new ReplayBudget(10, new MemoryBudget(100));
  private final Source source = new Source();
  private final ReplayableBody body = new ReplayableBody(source);
  private final Sink first = new Sink();
  private final Sink second = new Sink();

  @Test
  void whatHasPassedIsPlayedAndThenWhatIsStillToCome() {
    body.keep(memory);
    body.start(first);
    source.sends("abc");
    body.detach();
    assertThat(source.calls).containsExactly("start", "pause");
    assertThat(body.canStart()).isTrue();

    body.start(second);
    source.sends("de");
    source.ends("T: 1\r\n");

    assertThat(source.calls).containsExactly("start", "pause", "resume");
    assertThat(first.heard).containsExactly("abc");
    assertThat(second.heard).containsExactly("abc", "pausing", "de", "end T: 1\r\n");
  }

  @Test
  void aWholeBodyIsPlayedAsOftenAsItIsStarted() {
    body.keep(memory);
    body.start(first);
    source.sends("abcdefg");
    source.sends("hij");
    source.ends(null);
    for (int i = 0; i < 3; i++) {
      Sink next = new Sink();
      body.detach();
      body.start(next);
      assertThat(next.heard).containsExactly("abcdefghij", "end null");
    }
    assertThat(source.calls).doesNotContain("pause");
  }

  @Test
  void whatComesWhileNobodyTakesItIsPlayedToo() {
    body.keep(memory);
    body.start(first);
    source.sends("a");
    body.detach();
    source.sends("bc");
    source.ends(null);
    body.start(second);
    assertThat(first.heard).containsExactly("a");
    assertThat(second.heard).containsExactly("abc", "end null");
  }

  @Test
  void anEmptyBodyCanBeStartedWithoutMemory() {
    body.start(first);
    source.ends(null);
    body.detach();
    assertThat(body.canStart()).isTrue();
    body.start(second);
    assertThat(second.heard).containsExactly("end null");
  }

  @Test
  void aBodyThatOutgrowsItsMemoryPassesOnAndCannotBeStartedAgain() {
    body.keep(memory);
    body.start(first);
    source.sends("0123456789");
    assertThat(memory.budget().taken()).isEqualTo(10);
    assertThat(body.canStart()).isTrue();
    source.sends("x");
    assertThat(body.canStart()).isFalse();
    assertThat(memory.budget().taken()).isZero();
    source.sends("y");
    source.ends(null);
    assertThat(first.heard).containsExactly("0123456789", "x", "y", "end null");

    body.detach();
    body.start(second);
    assertThat(second.heard).containsExactly("abort WORKER_CLOSED");
  }

  @Test
  void aBodyThatNobodyKeepsCannotBeStartedAgainOnceAByteHasPassed() {
    body.start(first);
    assertThat(body.canStart()).isTrue();
    source.sends("a");
    assertThat(body.canStart()).isFalse();
  }

  @Test
  void allCopiesTogetherHaveALimit() {
    ReplayBudget small = new ReplayBudget(10, new MemoryBudget(12));
    body.keep(small);
    body.start(first);
    source.sends("01234567");
    Source otherSource = new Source();
    ReplayableBody other = new ReplayableBody(otherSource);
    other.keep(small);
    other.start(second);
    otherSource.sends("01234567");

    assertThat(other.canStart()).isFalse();
    assertThat(second.heard).containsExactly("01234567");
    assertThat(body.canStart()).isTrue();
    body.forget();
    assertThat(small.budget().taken()).isZero();
  }

  @Test
  void aForgottenBodyPassesOn() {
    body.keep(memory);
    body.start(first);
    source.sends("abc");
    body.forget();
    assertThat(memory.budget().taken()).isZero();
    assertThat(body.canStart()).isFalse();
    source.sends("de");
    source.ends(null);
    assertThat(first.heard).containsExactly("abc", "de", "end null");
  }

  @Test
  void aBodyThatIsForgottenBeforeItBeganCanStillBegin() {
    body.keep(memory);
    body.forget();
    body.start(first);
    source.sends("a");
    assertThat(first.heard).containsExactly("a");
  }

  @Test
  void aBodyThatBreaksOffIsBrokenForWhoeverStartsItLater() {
    body.keep(memory);
    body.start(first);
    source.sends("abc");
    body.detach();
    source.to.abort(Failure.CLIENT_GONE);
    assertThat(memory.budget().taken()).isZero();
    body.start(second);
    assertThat(first.heard).containsExactly("abc");
    assertThat(second.heard).containsExactly("abort CLIENT_GONE");
  }

  @Test
  void theSourceRestsUntilTheCopyHasBeenPlayedAtThePaceOfWhoTakesIt() {
    ReplayBudget large = new ReplayBudget(1_000_000, new MemoryBudget(1_000_000));
    String text = "0123456789".repeat(20_000);
    body.keep(large);
    body.start(first);
    source.sends(text);
    body.detach();
    Sink slow =
        new Sink() {
          @Override
          public void data(ByteBuf bytes) {
            super.data(bytes);
            body.pause();
          }
        };
    body.start(slow);
    source.sends("late");
    int turns = 0;
    while (!source.calls.contains("resume")) {
      turns++;
      body.resume();
    }
    source.sends("later");
    source.ends(null);

    assertThat(source.calls).containsExactly("start", "pause", "resume", "pause");
    assertThat(turns).isEqualTo(slow.heard.size() - 3);
    assertThat(slow.heard).endsWith("pausing", "later", "end null");
    slow.heard.removeAll(List.of("pausing", "end null"));
    assertThat(String.join("", slow.heard)).isEqualTo(text + "late" + "later");
    body.drop();
    assertThat(large.budget().taken()).isZero();
  }

  @Test
  void whoStartsAgainWhileTheCopyIsPlayedGetsAllOfItOnce() {
    body.keep(memory);
    body.start(first);
    source.sends("abc");
    source.ends(null);
    body.detach();
    Sink dies =
        new Sink() {
          @Override
          public void data(ByteBuf bytes) {
            super.data(bytes);
            body.detach();
            body.start(second);
          }
        };
    body.start(dies);
    assertThat(dies.heard).containsExactly("abc");
    assertThat(second.heard).containsExactly("abc", "end null");
  }

  @Test
  void aCopyThatIsForgottenWhileItIsPlayedIsPlayedToItsEnd() {
    ReplayBudget large = new ReplayBudget(10_000, new MemoryBudget(10_000));
    body.keep(large);
    body.start(first);
    source.sends("a".repeat(1_000));
    source.sends("a".repeat(500));
    body.detach();
    Sink slow =
        new Sink() {
          @Override
          public void data(ByteBuf bytes) {
            super.data(bytes);
            body.pause();
          }
        };
    body.start(slow);
    body.forget();
    assertThat(body.canStart()).isFalse();
    assertThat(large.budget().taken()).isPositive();
    body.resume();
    assertThat(String.join("", slow.heard)).hasSize(1_500 + "pausing".length());
    assertThat(large.budget().taken()).isZero();
  }

  @Test
  void whatOutgrowsItsMemoryWhileItIsPlayedBreaksOff() {
    body.keep(memory);
    body.start(first);
    source.sends("01234567");
    body.detach();
    body.start(
        new Sink() {
          @Override
          public void data(ByteBuf bytes) {
            super.data(bytes);
            body.pause();
            source.sends("too much");
            assertThat(heard).containsExactly("01234567", "abort WORKER_CLOSED");
          }
        });
    assertThat(body.canStart()).isFalse();
    assertThat(memory.budget().taken()).isZero();
  }

  @Test
  void theEndOfTheRequestIsTheEndOfTheCopy() {
    body.keep(memory);
    body.start(first);
    source.sends("abc");
    body.drop();
    assertThat(memory.budget().taken()).isZero();
    source.sends("de");
    assertThat(first.heard).containsExactly("abc");
  }

  @Test
  void aCancelledBodyReachesNobody() {
    body.keep(memory);
    body.start(first);
    source.sends("abc");
    body.cancel();
    source.sends("de");
    assertThat(source.calls).containsExactly("start", "cancel");
    assertThat(first.heard).containsExactly("abc");
    assertThat(memory.budget().taken()).isZero();
  }

  /** A source that sends what the test says. */
  private static final class Source implements BodySource {
    private final List<String> calls = new ArrayList<>();
    private BodySink to;

    void sends(String text) {
      ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
      to.data(bytes);
      assertThat(bytes.refCnt()).isZero();
    }

    void ends(String trailers) {
      to.end(trailers);
    }

    @Override
    public void start(BodySink sink) {
      to = sink;
      calls.add("start");
    }

    @Override
    public void pause() {
      calls.add("pause");
    }

    @Override
    public void resume() {
      calls.add("resume");
    }

    @Override
    public void cancel() {
      calls.add("cancel");
    }
  }

  /** Writes down what it hears. */
  private static class Sink implements BodySink {
    final List<String> heard = new ArrayList<>();

    @Override
    public void data(ByteBuf bytes) {
      heard.add(bytes.toString(StandardCharsets.ISO_8859_1));
      bytes.release();
    }

    @Override
    public void pausing() {
      heard.add("pausing");
    }

    @Override
    public void end(String trailers) {
      heard.add("end " + trailers);
    }

    @Override
    public void abort(Failure failure) {
      heard.add("abort " + failure);
    }
  }
}
