// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.RequestHead;

/**
 * One line of a {@code request} expression by itself, for the explanation of routes.
 *
 * <p>It decides as the routes' own automaton does, but is used too rarely for a table. Safe for any
 * thread.
 */
public final class RequestLine {
  private static final int MAX_SAMPLES = 256;

  private final PatternLine line;

  /** Null until a request is matched: the start compares lines, and matches none. */
  private volatile @Nullable Automaton automaton;

  private RequestLine(PatternLine line) {
    this.line = line;
  }

  /**
   * The lines of an expression.
   *
   * @throws IllegalArgumentException if a line cannot be read
   */
  public static List<RequestLine> of(String expression) {
    return PatternParser.parse(expression).stream().map(RequestLine::new).toList();
  }

  /** The line's place in its expression, from 1. */
  public int number() {
    return line.number();
  }

  /** The line as it is written. */
  public String text() {
    return line.text();
  }

  /** Equal for lines that name the same methods and have the same text after them. */
  public Object meaning() {
    return List.of(line.methods(), line.text().replaceFirst("^[^/^]*\\^?", ""));
  }

  /** Whether the line means a request. */
  public boolean matches(RequestHead head) {
    Automaton made = automaton;
    if (made == null) {
      made = new Automaton(Map.of(0, List.of(line)), 1, Long.MAX_VALUE);
      automaton = made;
    }
    return made.match(head).contains(0);
  }

  /**
   * Some requests that the line means, as {@code METHOD SP path}: of each alternative one, of what
   * may be anything an {@code x}; at most {@value #MAX_SAMPLES}. A line that names no method is
   * given {@code GET}.
   */
  public List<String> samples() {
    boolean namesMethods = !line.text().startsWith("^") && !line.text().startsWith("/");
    List<String> samples = new ArrayList<>();
    for (String sample : samples(line.node())) {
      samples.add(namesMethods ? sample : "GET" + sample.substring(sample.indexOf(' ')));
    }
    return samples;
  }

  private static List<String> samples(Node node) {
    if (node instanceof Node.OneOf one) {
      return List.of(Character.toString(example(one.bytes())));
    }
    List<String> samples = new ArrayList<>();
    if (node instanceof Node.Choice choice) {
      for (Node branch : choice.branches()) {
        if (samples.size() < MAX_SAMPLES) {
          samples.addAll(samples(branch));
        }
      }
    } else if (node instanceof Node.Sequence sequence) {
      return inSequence(sequence.parts());
    } else if (node instanceof Node.Repeat repeat) {
      // "nothing" only for what comes once at most: of .* an x says more than the empty text
      if (repeat.optional() && !repeat.again()) {
        samples.add("");
      }
      samples.addAll(samples(repeat.part()));
    } else {
      samples.add("");
    }
    return samples;
  }

  private static List<String> inSequence(List<Node> parts) {
    List<String> begun = List.of("");
    for (Node part : parts) {
      List<String> ends = samples(part);
      List<String> longer = new ArrayList<>();
      for (String start : begun) {
        for (String end : ends) {
          if (longer.size() < MAX_SAMPLES) {
            longer.add(start + end);
          }
        }
      }
      begun = longer;
    }
    return begun;
  }

  private static int example(BitSet bytes) {
    int visible = bytes.nextSetBit('!');
    return bytes.get('x') ? 'x' : visible < 0 ? bytes.nextSetBit(0) : visible;
  }
}
