// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds all sets of {@code request} expressions that one request can match together, each with a
 * shortest request, through the states of their automaton. Each request of a client is one of these
 * cases.
 *
 * <p>Paths are plain: visible ASCII, without escapes. Confined to one thread.
 */
public final class RequestCases {
  /** Represents all methods that no expression names. */
  private static final String OTHER_METHOD = "OPTIONS";

  /** Characters that mean something else in a target, or that clients do not write as they are. */
  private static final String NOT_PLAIN = "#?%\"<>\\^`{|}";

  /**
   * A set of expressions that a request matches.
   *
   * @param expressions their places in the list, from 0
   */
  public record Case(String method, String path, BitSet expressions) {}

  /**
   * All cases.
   *
   * @param complete false if the search was given up, because it would have needed too many states
   */
  public record Found(List<Case> cases, boolean complete) {}

  /** A path on the way: its last byte, and what it was before that. */
  private record Step(@Nullable Step before, byte last, IntBuffer threads) {
    String path() {
      StringBuilder path = new StringBuilder();
      for (Step step = this; step.before != null; step = step.before) {
        path.append((char) step.last);
      }
      return path.reverse().toString();
    }
  }

  private final Nfa nfa;

  /** Those that people know first, so that the examples are those. */
  private final Set<String> methods = new LinkedHashSet<>(List.of("GET"));

  private final byte[] alphabet;
  private final int maxStates;
  private final List<Case> cases = new ArrayList<>();
  private boolean complete = true;

  private RequestCases(List<String> expressions, int maxStates) {
    this.maxStates = maxStates;
    Map<Integer, List<PatternLine>> patterns = new HashMap<>();
    for (String expression : expressions) {
      List<PatternLine> lines = PatternParser.parse(expression);
      patterns.put(patterns.size(), lines);
      lines.forEach(line -> methods.addAll(line.methods()));
    }
    methods.remove("HEAD"); // a GET without a body
    methods.add(OTHER_METHOD);
    nfa = new Nfa(patterns);
    alphabet = alphabet();
  }

  /**
   * Finds the cases of a list of expressions.
   *
   * @param maxStates the most states to look at, for each method
   * @throws IllegalArgumentException if an expression cannot be read
   */
  public static Found of(List<String> expressions, int maxStates) {
    RequestCases search = new RequestCases(expressions, maxStates);
    search.methods.forEach(search::find);
    return new Found(search.cases, search.complete);
  }

  /** One plain byte of each class that has one: a letter if possible. */
  private byte[] alphabet() {
    String order =
        "xabcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-.~!$&'()*+,;=:@[]";
    BitSet seen = new BitSet();
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < order.length(); i++) {
      char c = order.charAt(i);
      if (NOT_PLAIN.indexOf(c) < 0 && !seen.get(classOf((byte) c))) {
        seen.set(classOf((byte) c));
        bytes.append(c);
      }
    }
    return bytes.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private int classOf(byte b) {
    return nfa.classes().table()[b & 0xff];
  }

  private void find(String method) {
    Nfa.Simulation simulation = nfa.new Simulation();
    simulation.begin();
    for (byte b : (method + " /").getBytes(StandardCharsets.US_ASCII)) {
      simulation.step(classOf(b));
    }
    Queue<Step> steps = new ArrayDeque<>();
    Set<IntBuffer> seen = new HashSet<>();
    Set<BitSet> known = new HashSet<>();
    Step nothing = new Step(null, (byte) 0, IntBuffer.allocate(0));
    steps.add(new Step(nothing, (byte) '/', IntBuffer.wrap(simulation.threads())));
    seen.add(steps.element().threads);
    while (!steps.isEmpty()) {
      Step step = steps.remove();
      simulation.resume(step.threads.array());
      BitSet matched = BitSet.valueOf(simulation.end());
      if (known.add(matched)) {
        cases.add(new Case(method, step.path(), matched));
      }
      for (byte b : alphabet) {
        simulation.resume(step.threads.array());
        simulation.step(classOf(b));
        IntBuffer threads = IntBuffer.wrap(simulation.threads());
        if (seen.size() < maxStates && seen.add(threads)) {
          steps.add(new Step(step, b, threads));
        } else if (seen.size() >= maxStates && !seen.contains(threads)) {
          complete = false;
        }
      }
    }
  }
}
