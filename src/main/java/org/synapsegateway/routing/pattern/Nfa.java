// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Thompson's non-deterministic automaton for several patterns at once.
 *
 * <p>A simulation of it holds a set of threads, at most one an instruction, so a step costs at most
 * the size of all patterns: nothing is tried twice. (K. Thompson, "Regular Expression Search
 * Algorithm", CACM 1968.) Immutable; each {@link Simulation} is confined to one thread.
 */
final class Nfa {
  private enum Kind {
    /** Reads one byte. */
    STEP,
    /** Goes both ways at once. */
    FORK,
    /** Continues at the end of the input only. */
    END,
    /** The pattern matches, whatever follows. */
    MATCHED
  }

  /**
   * @param reads the classes of bytes that a STEP reads; none for others
   * @param next where it goes on
   * @param other where a FORK goes on too
   * @param owner the id of the pattern that it is made for
   */
  private record Instruction(Kind kind, BitSet reads, int next, int other, int owner) {}

  private static final BitSet NOTHING = new BitSet();

  private final ByteClasses classes;
  private final Instruction[] program;
  private final int[] starts;
  private final int words;

  /**
   * @param patterns the lines of each pattern, by the pattern's id; ids are small
   */
  Nfa(Map<Integer, List<PatternLine>> patterns) {
    Set<BitSet> sets = new LinkedHashSet<>();
    patterns.values().forEach(lines -> lines.forEach(line -> collect(line.node(), sets)));
    classes = new ByteClasses(sets);
    words = patterns.keySet().stream().mapToInt(id -> id / 64 + 1).max().orElse(0);
    Compiler compiler = new Compiler();
    List<Integer> entries = new ArrayList<>();
    patterns.forEach((id, lines) -> entries.addAll(compiler.compile(id, lines)));
    program = compiler.made.toArray(Instruction[]::new);
    starts = entries.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void collect(Node node, Set<BitSet> sets) {
    if (node instanceof Node.OneOf one) {
      sets.add(one.bytes());
    } else if (node instanceof Node.Sequence sequence) {
      sequence.parts().forEach(part -> collect(part, sets));
    } else if (node instanceof Node.Choice choice) {
      choice.branches().forEach(branch -> collect(branch, sets));
    } else if (node instanceof Node.Repeat repeat) {
      collect(repeat.part(), sets);
    }
  }

  /** Makes instructions from the end to the beginning, so that the way on is always known. */
  private final class Compiler {
    private final List<Instruction> made = new ArrayList<>();
    private int owner;

    /** Returns where the lines begin. */
    List<Integer> compile(int id, List<PatternLine> lines) {
      owner = id;
      int matched = add(Kind.MATCHED, NOTHING, 0, 0);
      return lines.stream().map(line -> compile(line.node(), matched)).toList();
    }

    private int compile(Node node, int then) {
      if (node instanceof Node.OneOf one) {
        return add(Kind.STEP, classes.of(one.bytes()), then, then);
      }
      if (node instanceof Node.Sequence sequence) {
        int entry = then;
        for (int i = sequence.parts().size() - 1; i >= 0; i--) {
          entry = compile(sequence.parts().get(i), entry);
        }
        return entry;
      }
      if (node instanceof Node.Choice choice) {
        int entry = compile(choice.branches().get(0), then);
        for (Node branch : choice.branches().subList(1, choice.branches().size())) {
          entry = add(Kind.FORK, NOTHING, compile(branch, then), entry);
        }
        return entry;
      }
      if (node instanceof Node.Repeat repeat) {
        return compile(repeat, then);
      }
      return add(Kind.END, NOTHING, then, then);
    }

    private int compile(Node.Repeat repeat, int then) {
      if (!repeat.again()) {
        return add(Kind.FORK, NOTHING, compile(repeat.part(), then), then);
      }
      int loop = add(Kind.FORK, NOTHING, then, then);
      int part = compile(repeat.part(), loop);
      made.set(loop, new Instruction(Kind.FORK, NOTHING, part, then, owner));
      return repeat.optional() ? loop : part;
    }

    private int add(Kind kind, BitSet reads, int next, int other) {
      made.add(new Instruction(kind, reads, next, other, owner));
      return made.size() - 1;
    }
  }

  ByteClasses classes() {
    return classes;
  }

  /**
   * The classes of bytes after which a pattern may still match, where a simulation has these
   * threads.
   */
  BitSet readable(int[] threads, int id) {
    BitSet readable = new BitSet();
    for (int thread : threads) {
      Instruction at = program[thread];
      if (at.owner == id && at.kind == Kind.MATCHED) {
        readable.set(0, classes.count());
      } else if (at.owner == id && at.kind == Kind.STEP) {
        readable.or(at.reads);
      }
    }
    return readable;
  }

  /** The ids of the patterns that match where a simulation has these threads, whatever follows. */
  BitSet settled(int[] threads) {
    BitSet ids = new BitSet();
    Arrays.stream(threads)
        .filter(thread -> program[thread].kind == Kind.MATCHED)
        .forEach(thread -> ids.set(program[thread].owner));
    return ids;
  }

  /** Whether what follows is of no consequence where a simulation has these threads. */
  boolean isSettled(int[] threads) {
    return Arrays.stream(threads).allMatch(thread -> program[thread].kind == Kind.MATCHED);
  }

  /** One way through the automaton. */
  final class Simulation {
    private int[] threads = new int[program.length];
    private int count;
    private int[] before = new int[program.length];
    private final int[] pending = new int[program.length + 1];
    // an instruction is among the threads of this step if it is stamped with its number
    private final int[] stamps = new int[program.length];
    private int stamp;

    /** Sets out. */
    void begin() {
      clear();
      for (int start : starts) {
        enter(start, false);
      }
    }

    /** Sets out from where another simulation was. */
    void resume(int[] from) {
      clear();
      for (int thread : from) {
        enter(thread, false);
      }
    }

    /** Reads a byte of a class. */
    void step(int byteClass) {
      int[] left = threads;
      int leftCount = count;
      threads = before;
      before = left;
      clear();
      for (int i = 0; i < leftCount; i++) {
        int thread = left[i];
        Instruction at = program[thread];
        if (at.kind == Kind.MATCHED) {
          enter(thread, false);
        } else if (at.kind == Kind.STEP && at.reads.get(byteClass)) {
          enter(at.next, false);
        }
      }
    }

    /** The threads, in order: where two simulations have the same, they go on in the same way. */
    int[] threads() {
      int[] sorted = Arrays.copyOf(threads, count);
      Arrays.sort(sorted);
      return sorted;
    }

    /**
     * The ids of the patterns that match if the input ends here, one bit an id; ends the
     * simulation.
     */
    long[] end() {
      int reached = count;
      for (int i = 0; i < reached; i++) {
        Instruction at = program[threads[i]];
        if (at.kind == Kind.END) {
          enter(at.next, true);
        }
      }
      long[] ids = new long[words];
      for (int i = 0; i < count; i++) {
        Instruction at = program[threads[i]];
        if (at.kind == Kind.MATCHED) {
          ids[at.owner / 64] |= 1L << at.owner % 64;
        }
      }
      return ids;
    }

    private void clear() {
      count = 0;
      stamp++;
    }

    /** Follows all ways from an instruction that need no byte. */
    private void enter(int instruction, boolean atEnd) {
      int depth = 0;
      pending[depth++] = instruction;
      while (depth > 0) {
        int at = pending[--depth];
        if (stamps[at] == stamp) {
          continue;
        }
        stamps[at] = stamp;
        Instruction entered = program[at];
        if (entered.kind == Kind.FORK) {
          pending[depth++] = entered.next;
          pending[depth++] = entered.other;
        } else if (entered.kind == Kind.END && atEnd) {
          pending[depth++] = entered.next;
        } else {
          threads[count++] = at;
        }
      }
    }
  }
}
