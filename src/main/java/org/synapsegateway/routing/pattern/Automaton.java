// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.synapsegateway.http.RequestHead;

/**
 * The deterministic automaton of all request patterns, made state by state as requests need them.
 *
 * <p>It reads {@code METHOD SP path} once, with one table look-up for each byte, however many
 * patterns there are, and ends in a state that knows which of them match. The table holds a limited
 * number of states. A request that needs more is matched by the non-deterministic automaton, in
 * time still linear in its length. When that has happened often, the table is cleared, so that
 * unusual requests cannot keep the usual ones out of it. (R. Cox, "Regular Expression Matching in
 * the Wild", 2010.)
 *
 * <p>Safe for any thread: existing states are used without a lock, new ones are made under one.
 */
public final class Automaton {
  /**
   * States that the table holds; the usual requests to all of Synapse's endpoints need some 300.
   */
  public static final int MAX_STATES = 4096;

  /**
   * The total number of threads in the states of the table: some thousand times what Synapse's
   * endpoints need, and 16 MiB.
   */
  static final int MAX_THREADS = 4 * 1024 * 1024;

  /** Bytes read without the table before it is cleared; many times the cost of filling it. */
  public static final long MAX_SLOW_BYTES = 128L * MAX_STATES;

  private final Nfa nfa;
  private final int maxStates;
  private final long maxSlowBytes;
  private final AtomicLong slowBytes = new AtomicLong();
  private volatile Table table;

  /**
   * @param patterns the lines of each pattern, by the pattern's id
   */
  public Automaton(Map<Integer, List<PatternLine>> patterns) {
    this(patterns, MAX_STATES, MAX_SLOW_BYTES);
  }

  /**
   * @param patterns the lines of each pattern, by the pattern's id
   * @param maxStates states that the table holds
   * @param maxSlowBytes bytes read without the table before it is cleared
   */
  public Automaton(Map<Integer, List<PatternLine>> patterns, int maxStates, long maxSlowBytes) {
    this.nfa = new Nfa(patterns);
    this.maxStates = maxStates;
    this.maxSlowBytes = maxSlowBytes;
    this.table = new Table();
  }

  /** Finds the patterns that match a request. */
  public Matches match(RequestHead head) {
    Table states = table;
    byte[] bytes = head.bytes();
    int state = states.walk(states.start, bytes, 0, head.method().length() + 1);
    state = states.walk(state, bytes, head.pathStart(), head.pathEnd());
    return state == Table.FULL ? matchSlowly(head) : states.matches(state);
  }

  private Matches matchSlowly(RequestHead head) {
    if (slowBytes.addAndGet(head.pathEnd() - head.pathStart()) > maxSlowBytes) {
      slowBytes.set(0);
      table = new Table();
    }
    Nfa.Simulation simulation = nfa.new Simulation();
    simulation.begin();
    step(simulation, head.bytes(), 0, head.method().length() + 1);
    step(simulation, head.bytes(), head.pathStart(), head.pathEnd());
    return new Matches(this, simulation.end());
  }

  private void step(Nfa.Simulation simulation, byte[] bytes, int from, int to) {
    char[] classOf = nfa.classes().table();
    for (int at = from; at < to; at++) {
      simulation.step(classOf[bytes[at] & 0xff]);
    }
  }

  /** How many states the table has now. */
  public int stateCount() {
    return table.count();
  }

  /**
   * The states made so far. A state is the index of its row in {@code next}, from 1 row on.
   *
   * <p>Rows are read without a lock: an entry is 0 until its state is known, and then never
   * changes. A thread that reads a 0 reads again under the lock.
   *
   * <p>A state in which nothing that follows counts is the complement of its index, so that a
   * simulation ends there, and so is {@link #FULL}.
   */
  private final class Table {
    static final int FULL = ~0;
    private static final int UNKNOWN = 0;

    private final char[] classOf = nfa.classes().table();
    private final int width = nfa.classes().count();
    private final int[] next = new int[(maxStates + 1) * width];
    private final Matches[] matches = new Matches[maxStates + 1];
    private final int[][] threads = new int[maxStates + 1][];
    private final Map<IntBuffer, Integer> known = new HashMap<>();
    private final Nfa.Simulation simulation = nfa.new Simulation();
    private final int start;
    private int threadsLeft = MAX_THREADS;

    Table() {
      simulation.begin();
      start = state();
    }

    int walk(int from, byte[] bytes, int begin, int end) {
      int state = from;
      for (int at = begin; at < end && state > UNKNOWN; at++) {
        int byteClass = classOf[bytes[at] & 0xff];
        int then = next[state + byteClass];
        state = then == UNKNOWN ? make(state, byteClass) : then;
      }
      return state;
    }

    Matches matches(int state) {
      int number = Math.max(state, ~state) / width;
      Matches found = matches[number];
      return found == null ? matchesUnderLock(number) : found;
    }

    private synchronized Matches matchesUnderLock(int number) {
      return matches[number];
    }

    private synchronized int make(int from, int byteClass) {
      simulation.resume(threads[from / width]);
      simulation.step(byteClass);
      int state = state();
      if (state != FULL) {
        next[from + byteClass] = state;
      }
      return state;
    }

    /** The state in which the simulation is now. */
    private int state() {
      IntBuffer key = IntBuffer.wrap(simulation.threads());
      Integer same = known.get(key);
      if (same != null) {
        return same;
      }
      // the first state is needed whatever its size
      boolean full = known.size() == maxStates || threadsLeft < key.capacity();
      if (full && !known.isEmpty()) {
        return FULL;
      }
      threadsLeft -= key.capacity();
      int number = known.size() + 1;
      threads[number] = key.array();
      matches[number] = new Matches(Automaton.this, simulation.end());
      int state = nfa.isSettled(key.array()) ? ~(number * width) : number * width;
      known.put(key, state);
      return state;
    }

    synchronized int count() {
      return known.size();
    }
  }
}
