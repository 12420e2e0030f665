// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fault;

import java.util.function.UnaryOperator;

/**
 * One thing that is wrong, or doubtful, in routes/, config/, their surroundings or the arguments of
 * a command. Immutable.
 *
 * @param place file and line, with the column where it is known; the environment variable or
 *     command line that gives a setting; empty if there is none
 * @param value the name or value at fault; never what may be a secret
 * @param text what is wrong, and how to mend it
 */
public record Fault(Code code, String place, String value, String text) {
  /** A fault whose place the caller does not know. */
  public static Fault of(Code code, String value, String text) {
    return new Fault(code, "", value, text);
  }

  /** The same fault at a place. */
  public Fault at(String there) {
    return new Fault(code, there, value, text);
  }

  /** The same fault with a change to each of its texts. */
  public Fault map(UnaryOperator<String> change) {
    return new Fault(code, change.apply(place), change.apply(value), change.apply(text));
  }

  /** One line: place, sentence, and the code in brackets. */
  @Override
  public String toString() {
    return (place.isEmpty() ? "" : place + ": ") + text + " [" + code + "]";
  }
}
