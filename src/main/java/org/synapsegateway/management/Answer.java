// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import java.util.Map;

/**
 * The answer of a {@link Page}.
 *
 * @param status as HTTP has it
 * @param type the media type of the body
 * @param body sent in UTF-8
 */
public record Answer(int status, String type, String body) {
  /** A success with text of some type. */
  public static Answer text(String type, String text) {
    return new Answer(200, type, text);
  }

  /** A record as JSON that people may read too. */
  public static Answer json(int status, Object value) {
    return new Answer(status, "application/json", Json.of(value));
  }

  /** JSON that says what is wrong. */
  public static Answer error(int status, String what) {
    return json(status, Map.of("error", what));
  }
}
