// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the shortest request that matches some patterns and not others, through the states of
 * their automaton; where none is found there is none.
 *
 * <p>Confined to one thread.
 */
final class RequestSearch {
  /**
   * What a search found.
   *
   * @param decided false if the search was given up, because it would have needed too many states
   * @param request the request, as {@code METHOD SP path}; null if there is none
   */
  record Result(boolean decided, @Nullable String request) {
    boolean isNone() {
      return decided && request == null;
    }
  }

  /** A path on the way: its last byte, and what it was before that. */
  private record Step(@Nullable Step before, byte last, IntBuffer threads) {
    String path() {
      StringBuilder path = new StringBuilder();
      for (Step step = this; step.before != null; step = step.before) {
        path.append((char) (step.last & 0xff));
      }
      return path.reverse().toString();
    }
  }

  private static final Step NOTHING = new Step(null, (byte) 0, IntBuffer.allocate(0));

  private final Nfa nfa;
  private final Set<String> methods = new LinkedHashSet<>();
  private final byte[] alphabet;
  private final BitSet wanted;
  private final BitSet unwanted;
  private int statesLeft;

  /**
   * @param wanted patterns that must all match
   * @param unwanted patterns of which none may match
   */
  RequestSearch(List<PatternLine> wanted, List<PatternLine> unwanted, int maxStates) {
    Map<Integer, List<PatternLine>> patterns = new HashMap<>();
    for (PatternLine line : wanted) {
      patterns.put(patterns.size(), List.of(line));
      methods.addAll(line.methods());
    }
    this.wanted = new BitSet();
    this.wanted.set(0, patterns.size());
    for (PatternLine line : unwanted) {
      patterns.put(patterns.size(), List.of(line));
      methods.addAll(line.methods());
    }
    this.unwanted = new BitSet();
    this.unwanted.set(wanted.size(), patterns.size());
    // one method stands for all that no pattern names
    methods.add(methods.contains("GET") ? "OTHER" : "GET");
    nfa = new Nfa(patterns);
    alphabet = nfa.classes().examples();
    statesLeft = maxStates;
  }

  Result find() {
    for (String method : methods) {
      String path = findPath(method + " ");
      if (path != null) {
        return new Result(true, method + " " + path);
      }
      if (statesLeft < 0) {
        return new Result(false, null);
      }
    }
    return new Result(true, null);
  }

  private @Nullable String findPath(String method) {
    Nfa.Simulation simulation = nfa.new Simulation();
    Queue<Step> steps = new ArrayDeque<>();
    Set<IntBuffer> seen = new HashSet<>();
    enter(new Step(NOTHING, (byte) '/', after(simulation, method + "/")), steps, seen);
    while (!steps.isEmpty()) {
      Step step = steps.remove();
      if (isFound(simulation, step.threads())) {
        return step.path();
      }
      BitSet readable = readable(step.threads());
      for (byte b : alphabet) {
        if (readable.get(classOf(b))) {
          simulation.resume(step.threads().array());
          simulation.step(classOf(b));
          enter(new Step(step, b, IntBuffer.wrap(simulation.threads())), steps, seen);
        }
      }
    }
    // what else a path can be: empty behind an authority, and the asterisk of OPTIONS
    return Stream.of("", "*")
        .filter(path -> isFound(simulation, after(simulation, method + path)))
        .findFirst()
        .orElse(null);
  }

  private IntBuffer after(Nfa.Simulation simulation, String text) {
    simulation.begin();
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      simulation.step(classOf(b));
    }
    return IntBuffer.wrap(simulation.threads());
  }

  private int classOf(byte b) {
    return nfa.classes().table()[b & 0xff];
  }

  /** The classes of bytes after which all wanted patterns may still match. */
  private BitSet readable(IntBuffer threads) {
    BitSet readable = new BitSet();
    readable.set(0, nfa.classes().count());
    wanted.stream().forEach(id -> readable.and(nfa.readable(threads.array(), id)));
    return readable;
  }

  /**
   * Continues with a step, unless its state has been seen or an unwanted pattern is sure to match.
   */
  private void enter(Step step, Queue<Step> steps, Set<IntBuffer> seen) {
    boolean hopeless = nfa.settled(step.threads().array()).intersects(unwanted);
    if (!hopeless && seen.add(step.threads()) && statesLeft-- > 0) {
      steps.add(step);
    }
  }

  private boolean isFound(Nfa.Simulation simulation, IntBuffer threads) {
    simulation.resume(threads.array());
    BitSet matched = BitSet.valueOf(simulation.end());
    BitSet missing = (BitSet) wanted.clone();
    missing.andNot(matched);
    return missing.isEmpty() && !matched.intersects(unwanted);
  }
}
