// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import org.assertj.core.api.Condition;
import org.synapsegateway.fault.Code;

/** Conditions for lines that tell of faults, whatever their wording is. */
public final class FaultLine {
  private FaultLine() {}

  /**
   * A line with this place, value and code, behind whatever a command prints before a fault.
   *
   * @param place empty if the fault has none
   * @param value a part of the sentence
   */
  public static Condition<String> line(Code code, String place, String value) {
    return new Condition<>(
        text ->
            text.replaceFirst("^(The gateway did not start|error|warning): ", "")
                    .startsWith(place.isEmpty() ? "" : place + ": ")
                && text.contains(value)
                && text.replaceFirst(" \\(and \\d+ more: .*", "").endsWith(" [" + code + "]"),
        "a line with %s, \"%s\" and [%s]",
        place,
        value,
        code);
  }
}
