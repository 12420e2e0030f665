// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.synapsegateway.request.Request;
import org.synapsegateway.routing.pattern.Automaton;
import org.synapsegateway.routing.pattern.BadPatternException;

class RequestPatternsTest {
  private final RequestPatterns patterns = new RequestPatterns();

  @Test
  void theSameTextIsTheSamePattern() {
    RequestPattern one = patterns.get("GET ^/a");
    RequestPattern two = patterns.get("GET ^/b");
    Automaton automaton = patterns.automaton();

    assertThat(patterns.get("GET ^/a")).isSameAs(one);
    assertThat(two.id()).isNotEqualTo(one.id());
    assertThat(patterns.automaton())
        .as("nothing new, so nothing is made again")
        .isSameAs(automaton);
  }

  @Test
  void aBadPatternLeavesTheOthersAsTheyAre() {
    RequestPattern pattern = patterns.get("GET ^/a");
    Automaton automaton = patterns.automaton();

    assertThatThrownBy(() -> patterns.get("^/(")).isInstanceOf(BadPatternException.class);
    assertThat(patterns.automaton()).isSameAs(automaton);
    assertThat(patterns.matches(Samples.request("GET", "/a")).contains(pattern.id())).isTrue();
  }

  @Test
  void aRequestIsMatchedOnceAndAgainOnlyForANewPattern() {
    RequestPattern one = patterns.get("GET ^/a");
    RequestPattern two = patterns.get("^/ab");
    Request request = Samples.request("GET", "/abc");

    assertThat(patterns.matches(request).contains(one.id())).isTrue();
    Object found = request.matches();
    assertThat(patterns.matches(request).contains(two.id())).isTrue();
    assertThat(request.matches()).isSameAs(found);

    RequestPattern three = patterns.get("^/.*c$");
    assertThat(patterns.matches(request).contains(three.id())).isTrue();
    assertThat(request.matches()).isNotSameAs(found);
    assertThat(patterns.matches(request).contains(one.id())).isTrue();
  }

  @Test
  void requestsThatEndInOneStateShareWhatWasFound() {
    RequestPattern pattern = patterns.get("GET ^/rooms/[^/]+/state");
    Request one = Samples.request("GET", "/rooms/!a/state");
    Request other = Samples.request("GET", "/rooms/!b/state/x");

    assertThat(patterns.matches(one).contains(pattern.id())).isTrue();
    assertThat(patterns.matches(other).contains(pattern.id())).isTrue();
    assertThat(one.matches()).isSameAs(other.matches());
  }

  @Test
  void morePatternsThanOneWordHasBitsAreKeptApart() {
    List<RequestPattern> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(patterns.get("^/" + i + "$"));
    }
    for (int i = 0; i < 200; i++) {
      Request request = Samples.request("GET", "/" + i);
      for (int j = 0; j < 200; j++) {
        assertThat(patterns.matches(request).contains(all.get(j).id())).isEqualTo(i == j);
      }
    }
  }

  @Test
  void patternsThatNobodyHoldsAreForgotten() {
    RequestPattern held = patterns.get("^/held");
    for (int i = 0; i < 100; i++) {
      patterns.get("^/old" + i);
    }
    await()
        .untilAsserted(
            () -> {
              System.gc();
              patterns.get("^/new" + System.nanoTime());
              assertThat(patterns.size()).isLessThan(20);
            });

    assertThat(patterns.matches(Samples.request("GET", "/held")).contains(held.id())).isTrue();
    RequestPattern last = patterns.get("^/last");
    assertThat(last.id()).as("ids are used again").isLessThan(20).isNotEqualTo(held.id());
    assertThat(patterns.matches(Samples.request("GET", "/held")).contains(last.id())).isFalse();
  }

  @Test
  void patternsMayBeAddedWhileEventLoopsMatch() throws Exception {
    List<String> lines = Samples.documentedLines();
    RequestPattern first = patterns.get(lines.get(0));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Integer>> loops = new ArrayList<>();
      for (int loop = 0; loop < 3; loop++) {
        Random random = new Random(loop);
        loops.add(() -> wrongAnswers(random, lines));
      }
      loops.add(() -> lines.stream().filter(line -> patterns.get(line) == null).toList().size());
      for (Future<Integer> wrong : threads.invokeAll(loops)) {
        assertThat(wrong.get()).isZero();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(
            patterns
                .matches(Samples.request("GET", "/_matrix/client/v3/sync"))
                .contains(first.id()))
        .isTrue();
  }

  /** Asks for lines in the middle of a request that was matched before they were known. */
  private int wrongAnswers(Random random, List<String> lines) {
    int wrong = 0;
    for (int round = 0; round < 500; round++) {
      String path = Samples.pathLike(lines.get(random.nextInt(lines.size())), random);
      Request request = Samples.request("GET", path);
      for (int i = 0; i < 3; i++) {
        String line = lines.get(random.nextInt(lines.size()));
        boolean expected = Samples.matches(line, "GET", path);
        RequestPattern pattern = patterns.get(line);
        wrong += patterns.matches(request).contains(pattern.id()) == expected ? 0 : 1;
      }
    }
    return wrong;
  }
}
