// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnsTest {
  private final Loops loops = new Loops(1);
  private final Loop loop = loops.all().get(0);
  private final Turns turns = loop.turns();
  private final List<String> done = new ArrayList<>();

  @AfterEach
  void close() {
    loops.close();
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return loop.eventLoop().submit(task).get(10, TimeUnit.SECONDS);
  }

  /** A connection that has so many things to do and waits for its turn when it must. */
  private final class Busy implements Runnable {
    private final String name;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private int left;

    Busy(String name, int things) {
      this.name = name;
      this.left = things;
    }

    @Override
    public void run() {
      while (left > 0 && turns.mayGoOn()) {
        turns.charge(Turns.MESSAGE);
        done.add(name);
        left--;
      }
      if (left > 0) {
        turns.await(Turns.Rank.MUCH, this);
      } else {
        end.complete(null);
      }
    }
  }

  /** How many of so many connections that bring a small message each need not wait. */
  private int served(int most) {
    int count = 0;
    for (; count < most; count++) {
      turns.begin(Turns.Rank.LITTLE);
      if (!turns.mayGoOn()) {
        break;
      }
      turns.charge(Turns.MESSAGE);
    }
    return count;
  }

  private void awaitNextLook() throws Exception {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    ((SingleThreadEventLoop) loop.eventLoop())
        .executeAfterEventLoopIteration(() -> ended.complete(null));
    loop.eventLoop().execute(() -> {});
    ended.get(10, TimeUnit.SECONDS);
  }

  @Test
  void eachLookOfTheLoopFindsAtLeastHalfATurn() throws Exception {
    int all = onLoop(() -> served(10_000));
    List<Integer> waited = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      awaitNextLook();
      int some = all / 2 - 1 + i % 3;
      waited.add(some - onLoop(() -> served(some)));
    }

    assertThat(all).isEqualTo(1_024);
    assertThat(waited).containsOnly(0);
  }

  private int first(String name) {
    return done.indexOf(name);
  }

  /** Ten, so that what a browser asks for at once is served together. */
  @ParameterizedTest
  @CsvSource({"LITTLE, 10", "BODY, 4", "STREAMS, 10", "MUCH, 4"})
  void whatHasJustComeOnOneConnectionHasAShareOfTheTurn(Turns.Rank rank, int share)
      throws Exception {
    Busy many = new Busy("m", 1_000);
    int atOnce =
        onLoop(
            () -> {
              turns.begin(rank);
              many.run();
              return done.size();
            });
    many.end.get(10, TimeUnit.SECONDS);

    assertThat(atOnce).isEqualTo(share);
    assertThat(done).hasSize(1_000);
  }

  @Test
  void thoseThatWaitDoOneThingEachInTurn() throws Exception {
    Busy one = new Busy("1", 40);
    Busy two = new Busy("2", 40);
    onLoop(
        () -> {
          turns.await(Turns.Rank.MUCH, one);
          turns.await(Turns.Rank.MUCH, two);
          return null;
        });
    one.end.get(10, TimeUnit.SECONDS);
    two.end.get(10, TimeUnit.SECONDS);

    for (int i = 0; i < done.size(); i++) {
      assertThat(done.subList(0, i).stream().filter("1"::equals).count())
          .isBetween((long) i / 2, (long) i / 2 + 1);
    }
  }

  @Test
  void whoeverComesNewDoesNotStandBehindThousandsThatWait() throws Exception {
    List<Busy> crowd = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      crowd.add(new Busy("c", 20));
    }
    Busy late = new Busy("late", 1);
    onLoop(
        () -> {
          crowd.forEach(each -> turns.await(Turns.Rank.MUCH, each));
          turns.begin(Turns.Rank.MUCH);
          late.run();
          return null;
        });
    late.end.get(10, TimeUnit.SECONDS);
    for (Busy each : crowd) {
      each.end.get(10, TimeUnit.SECONDS);
    }

    // each of them has had its first share before, and no more
    assertThat(first("late")).isLessThan(2 * 2_000 + 2 * (Turns.MAX / Turns.MESSAGE));
    assertThat(done).hasSize(40_001);
  }

  @Test
  void eachRankHasItsPartOfATurnHoweverManyWaitWithAnother() throws Exception {
    List<String> order = new ArrayList<>();
    onLoop(
        () -> {
          for (int i = 0; i < 1_000; i++) {
            turns.await(Turns.Rank.MUCH, () -> does("much", order));
          }
          for (int i = 0; i < 100; i++) {
            turns.await(Turns.Rank.BODY, () -> does("body", order));
          }
          turns.await(Turns.Rank.LITTLE, () -> does("little", order));
          return null;
        });
    while (onLoop(turns::waiting) > 0) {
      // the loop goes on with the next turn
    }

    int inTurn = Turns.MAX / Turns.MESSAGE;
    assertThat(order).hasSize(1_101);
    assertThat(order.get(0)).isEqualTo("little");
    assertThat(order.subList(1, 1 + inTurn)).containsOnly("body");
    assertThat(order.subList(1 + inTurn, 1 + 2 * inTurn)).containsOnly("much");
  }

  private void does(String what, List<String> order) {
    order.add(what);
    turns.charge(Turns.MESSAGE);
  }

  @Test
  void aSmallBodyComesWithItsHead() throws Exception {
    CompletableFuture<Boolean> mayRead = new CompletableFuture<>();
    onLoop(
        () -> {
          turns.await(
              Turns.Rank.LITTLE,
              () -> {
                turns.charge(Turns.MESSAGE);
                mayRead.complete(turns.mayGoOn());
              });
          turns.await(Turns.Rank.LITTLE, () -> {});
          return null;
        });

    assertThat(mayRead.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aTurnHasALimitHoweverManyConnectionsSomethingHasComeOn() throws Exception {
    int[] atOnce = {0};
    List<Busy> crowd = new ArrayList<>();
    onLoop(
        () -> {
          for (int i = 0; i < 500; i++) {
            Busy each = new Busy("c", 1);
            crowd.add(each);
            turns.begin(Turns.Rank.MUCH);
            each.run();
          }
          atOnce[0] = done.size();
          return null;
        });
    for (Busy each : crowd) {
      each.end.get(10, TimeUnit.SECONDS);
    }

    assertThat(atOnce[0]).isEqualTo((Turns.MAX / Turns.MESSAGE));
    assertThat(done).hasSize(500);
    assertThat(onLoop(turns::waiting)).isZero();
  }

  @Test
  void anAccidentOfOneIsNotTheEndOfTheOthersTurns() throws Exception {
    Busy next = new Busy("n", 1);
    onLoop(
        () -> {
          turns.await(
              Turns.Rank.MUCH,
              () -> {
                throw new IllegalStateException("an accident");
              });
          turns.await(Turns.Rank.MUCH, next);
          return null;
        });

    next.end.get(10, TimeUnit.SECONDS);
    assertThat(done).containsExactly("n");
  }

  @Test
  void theLoopLooksForInputBetweenTwoTurns() throws Exception {
    Busy many = new Busy("m", 100_000);
    onLoop(
        () -> {
          turns.await(Turns.Rank.MUCH, many);
          return null;
        });

    // a task of another thread comes in between
    assertThat(onLoop(() -> done.size())).isLessThan(100_000);
    many.end.get(10, TimeUnit.SECONDS);
  }
}
