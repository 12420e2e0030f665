// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.synapsegateway.LogCapture;

/** Who belongs to a list, whatever its source says. */
class MemberWatchTest {
  private static final int WORKERS = 6;
  private static final long FORGET_SECONDS = 600;

  private final EventExecutor loop = new DefaultEventExecutor();
  private final AtomicLong now = new AtomicLong();
  private final SourceState state = new SourceState("worker:srv:test", true);
  private final MemberWatch watch =
      new MemberWatch(
          state,
          new MemberSource() {
            @Override
            public EventExecutor loop() {
              return loop;
            }

            @Override
            public void ask(Consumer<Answer> answer) {
              throw new AssertionError("nobody wants to know");
            }
          },
          member -> {
            if (member.server().endsWith(":0")) {
              throw new IllegalArgumentException("no port");
            }
            if (member.server().endsWith(":1")) {
              throw new IllegalArgumentException(); // as a parser's own may be
            }
            return member.server().toLowerCase(Locale.ROOT);
          },
          () -> false,
          now::get);

  MemberWatchTest() {
    watch.forgetAfter(TimeUnit.SECONDS.toMillis(FORGET_SECONDS));
  }

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static Member member(String name, int port) {
    return new Member(name, "tcp:" + name + ":" + port, 0, false);
  }

  private static Answer naming(List<String> names) {
    return Answer.of(names.stream().map(name -> member(name, 8008)).toList(), 5);
  }

  private Set<String> names() {
    return watch.members().stream().map(Member::ring).collect(Collectors.toSet());
  }

  /** An answer that counts, and when it came. */
  private record Good(long seconds, Set<String> names) {}

  /**
   * Who is to be in the ring, from all answers that counted: each worker that one of them named,
   * unless answers did not name it any more for as long as it takes to forget.
   */
  private static Set<String> expected(List<Good> all) {
    Set<String> members = new TreeSet<>();
    long last = all.isEmpty() ? 0 : all.get(all.size() - 1).seconds;
    for (int worker = 0; worker < WORKERS; worker++) {
      String name = "w" + worker;
      int lastNamed = -1;
      for (int i = 0; i < all.size(); i++) {
        lastNamed = all.get(i).names.contains(name) ? i : lastNamed;
      }
      boolean isLast = lastNamed == all.size() - 1;
      if (lastNamed >= 0 && (isLast || last - all.get(lastNamed + 1).seconds < FORGET_SECONDS)) {
        members.add(name);
      }
    }
    return members;
  }

  @Test
  void aMemberThatIsRefusedWithoutAMessageIsNoMember() {
    watch.take(Answer.of(List.of(member("w0", 8008)), 5));
    watch.take(Answer.of(List.of(member("w1", 1)), 5));
    assertThat(names()).containsExactly("w0");
    assertThat(watch.failure()).isEqualTo("java.lang.IllegalArgumentException");
  }

  @Test
  void whateverComesTheMembersAreThoseThatTheRulesName() {
    for (int seed = 0; seed < 100; seed++) {
      MemberWatchTest fresh = new MemberWatchTest();
      try {
        fresh.run(new Random(seed), seed);
      } finally {
        fresh.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      }
    }
  }

  private void run(Random random, int seed) {
    List<Good> good = new ArrayList<>();
    AtomicInteger told = new AtomicInteger();
    watch.listen(told::incrementAndGet);
    long seconds = 0;
    for (int step = 0; step < 60; step++) {
      seconds += random.nextInt(5) == 0 ? random.nextInt(700) : random.nextInt(40);
      now.set(TimeUnit.SECONDS.toNanos(seconds));
      Set<String> before = names();
      int toldBefore = told.get();
      List<String> some = some(random);
      switch (random.nextInt(8)) {
        case 0 -> watch.take(Answer.of(List.of(), 5));
        case 1 -> watch.take(Answer.none(AnswerFailure.ERROR, "DNS says SERVFAIL"));
        case 2 -> watch.take(Answer.none(AnswerFailure.UNKNOWN, "DNS says NXDOMAIN"));
        case 3 ->
            watch.take(
                Answer.none(AnswerFailure.NO_ANSWER, "timed out")); // what comes later is not heard
        case 4 -> watch.take(twice(some));
        case 5 -> watch.take(withoutPort(some));
        default -> {
          watch.take(naming(some)); // some of them, in any order
          good.add(new Good(seconds, Set.copyOf(some)));
        }
      }
      assertThat(names()).describedAs("seed %d, step %d", seed, step).isEqualTo(expected(good));
      assertThat(told.get() - toldBefore).isEqualTo(names().equals(before) ? 0 : 1);
      assertThat(names().isEmpty()).isEqualTo(good.isEmpty());
    }
  }

  private static List<String> some(Random random) {
    List<String> all = new ArrayList<>(IntStream.range(0, WORKERS).mapToObj(i -> "w" + i).toList());
    Collections.shuffle(all, random);
    return all.subList(0, 1 + random.nextInt(WORKERS));
  }

  private static Answer twice(List<String> names) {
    List<Member> members = new ArrayList<>(naming(names).members());
    members.add(member(names.get(0), 8009));
    return Answer.of(members, 5);
  }

  private static Answer withoutPort(List<String> names) {
    List<Member> members = new ArrayList<>(naming(names).members());
    members.add(member("w9", 0));
    return Answer.of(members, 5);
  }

  @Test
  void theOrderOfAnAnswerIsNoNews() {
    AtomicInteger told = new AtomicInteger();
    watch.listen(told::incrementAndGet);
    watch.take(naming(List.of("b", "a", "c")));
    watch.take(naming(List.of("c", "b", "a")));
    assertThat(told).hasValue(1);
    assertThat(watch.members()).extracting(Member::ring).containsExactly("a", "b", "c");
  }

  @Test
  void anotherPortIsToldAndKeepsTheName() {
    watch.take(naming(List.of("a")));
    watch.take(Answer.of(List.of(member("a", 9000)), 5));
    assertThat(watch.members()).containsExactly(member("a", 9000));
  }

  @Test
  void oneNameForTwoWorkersIsAFault() {
    watch.take(twice(List.of("a")));
    assertThat(watch.members()).isEmpty();
    assertThat(watch.failure()).contains("ring=target:port");
    watch.take(Answer.of(List.of(member("a", 1), member("a", 1)), 5));
    assertThat(watch.failure()).isEqualTo("tcp:a:1 is named twice");
  }

  @Test
  void oneWorkerInTwoSpellingsIsAFault() {
    watch.take(Answer.of(List.of(member("a", 8008), member("A", 8008)), 5));
    assertThat(watch.members()).isEmpty();
    assertThat(watch.failure()).isEqualTo("tcp:A:8008 is named twice, also as tcp:a:8008");
  }

  @Test
  void weightsThatWouldFillTheMemoryAreAFault() {
    watch.take(naming(List.of("a")));
    watch.take(Answer.of(List.of(new Member("a", "tcp:a:1", Integer.MAX_VALUE, false)), 5));
    assertThat(watch.failure()).isEqualTo("its weights are 2147483647 together; most is 20000");
    assertThat(watch.members()).containsExactly(member("a", 8008));
  }

  @Test
  void whatAListenerCannotUseIsTriedAgain() {
    AtomicInteger left = new AtomicInteger(2);
    watch.listen(
        () -> {
          if (left.getAndDecrement() > 0) {
            throw new IllegalStateException("no ring");
          }
        });
    for (int i = 0; i < 2; i++) {
      watch.take(naming(List.of("a")));
      assertThat(watch.failure()).isEqualTo("its workers cannot be used: no ring");
      assertThat(watch.members()).isEmpty();
    }
    watch.take(naming(List.of("a")));
    assertThat(watch.failure()).isNull();
    assertThat(watch.members()).hasSize(1);
    assertThat(left).hasValue(-1);
  }

  @Test
  void itIsCountedWhatComesAndLoggedWhenItChanges() {
    try (LogCapture log = LogCapture.of(SourceState.class)) {
      watch.take(naming(List.of("a", "b")));
      for (int i = 0; i < 3; i++) {
        watch.take(Answer.none(AnswerFailure.ERROR, "DNS says SERVFAIL"));
      }
      Instant since = state.failing().since();
      watch.take(Answer.of(List.of(), 5));
      assertThat(state.failing())
          .isEqualTo(new SourceState.Failing(AnswerFailure.EMPTY, "the answer is empty", since));
      now.addAndGet(TimeUnit.SECONDS.toNanos(2 * FORGET_SECONDS));
      watch.take(naming(List.of("a")));
      now.addAndGet(TimeUnit.SECONDS.toNanos(2 * FORGET_SECONDS));
      watch.take(naming(List.of("a")));

      assertThat(state.failing()).isNull();
      assertThat(state.failures(AnswerFailure.ERROR)).isEqualTo(3);
      assertThat(state.failures(AnswerFailure.EMPTY)).isEqualTo(1);
      assertThat(state.members()).isEqualTo(1);
      assertThat(state.changes()).isEqualTo(2);
      assertThat(state.forgotten()).isEqualTo(1);
      assertThat(log.messages())
          .containsExactly(
              "worker:srv:test says nothing new, its 2 workers stay: DNS says SERVFAIL",
              "worker:srv:test says nothing new, its 2 workers stay: the answer is empty",
              "worker:srv:test can be read again");
    }
  }
}
