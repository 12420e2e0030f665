// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process ends when it must, and not for less. */
class LastResortTest {
  private static final Logger LOG = LoggerFactory.getLogger(LastResortTest.class);

  private final PrintStream err = System.err;
  private final BlockingQueue<Integer> halted = new LinkedBlockingQueue<>();
  private final LastResort resort = LastResort.start(halted::add);

  @AfterEach
  void restore() {
    System.setErr(err);
  }

  private Integer awaitEnd() throws InterruptedException {
    return halted.poll(10, TimeUnit.SECONDS);
  }

  @Test
  void theEarlierEndCounts() throws Exception {
    resort.within(3_600_000, LastResort.Reason.SLOW_STOP);
    resort.within(0, LastResort.Reason.NO_MEMORY);
    resort.within(3_600_000, LastResort.Reason.SLOW_STOP);
    assertThat(awaitEnd()).isEqualTo(3);
  }

  @Test
  void aPrintThatBlocksDoesNotKeepIt() throws Exception {
    CountDownLatch printing = new CountDownLatch(1);
    System.setErr(
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                printing.countDown();
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
              }
            }));
    resort.within(0, LastResort.Reason.SLOW_STOP);
    assertThat(awaitEnd()).isEqualTo(1);
    assertThat(printing.getCount()).isZero();
  }

  @Test
  void aPrintThatFailsDoesNotKeepIt() throws Exception {
    System.setErr(
        new PrintStream(OutputStream.nullOutputStream()) {
          @Override
          public void println(String text) {
            throw new IllegalStateException("no print");
          }
        });
    resort.within(0, LastResort.Reason.SLOW_STOP);
    assertThat(awaitEnd()).isEqualTo(1);
  }

  static Stream<Throwable> memoryHasRunOut() {
    return Stream.of("Java heap space", "Cannot reserve 4 bytes of direct buffer memory")
        .map(OutOfMemoryError::new)
        .flatMap(
            error ->
                Stream.of(error, new IllegalStateException(new CompletionException("x", error))));
  }

  @Test
  void aThreadThatCannotBeMadeIsMemoryThatHasRunOut() throws Exception {
    Thread tooLarge = new Thread(null, () -> {}, "too large", 1L << 46);
    OutOfMemoryError error = catchThrowableOfType(OutOfMemoryError.class, tooLarge::start);
    new OutOfMemory(resort).look(error);
    assertThat(awaitEnd()).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("memoryHasRunOut")
  void whateverMemoryHasRunOutItEnds(Throwable thrown) throws Exception {
    new OutOfMemory(resort).look(thrown);
    assertThat(awaitEnd()).isEqualTo(3);
  }

  @Test
  void whatIsLoggedIsSeen() throws Exception {
    OutOfMemory watch = OutOfMemory.watch(resort);
    try {
      LOG.warn("A task raised an exception", new OutOfMemoryError("a test's own"));
      assertThat(awaitEnd()).isEqualTo(3);
    } finally {
      end(watch);
    }
  }

  @Test
  void whatEndsAThreadIsSeen() throws Exception {
    OutOfMemory watch = OutOfMemory.watch(resort);
    try {
      Runnable task =
          () -> {
            throw new OutOfMemoryError("a test's own");
          };
      new Thread(task).start();
      assertThat(awaitEnd()).isEqualTo(3);
    } finally {
      end(watch);
    }
  }

  private static void end(OutOfMemory watch) {
    Thread.setDefaultUncaughtExceptionHandler(null);
    ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME))
        .detachAppender(watch);
  }

  /** An exception that is its own cause's cause. */
  private static Throwable circle() {
    Exception outer = new Exception("outer");
    outer.initCause(new Exception("inner", outer));
    return outer;
  }

  @Test
  void forLessItDoesNot() throws Exception {
    OutOfMemory watch = new OutOfMemory(resort);
    OutOfMemoryError nettys =
        new OutOfMemoryError("failed to allocate 4 bytes of direct memory") {};
    Stream.of(new StackOverflowError(), new AssertionError("x"), circle(), nettys)
        .forEach(watch::look);
    resort.within(50, LastResort.Reason.SLOW_STOP);
    assertThat(awaitEnd()).isEqualTo(1);
  }
}
