package org.synapsegateway.observe;

import java.util.Map;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/**
 * What a {@link Page} answers.
 *
 * @param status as HTTP has it
 * @param type the media type of the body
 * @param body sent in UTF-8
 */
public record Answer(int status, String type, String body) {
  private static final int INDENT = 2;

  /** A success with text of some type. */
  public static Answer text(String type, String text) {
    return new Answer(200, type, text);
  }

  /**
   * JSON that people may read too.
   *
   * @param members maps, collections, text, numbers and booleans
   */
  public static Answer json(int status, Map<String, ?> members) {
    String text = Jsoner.prettyPrint(new JsonObject(members).toJson(), INDENT);
    return new Answer(status, "application/json", text);
  }

  /** JSON that says what is wrong. */
  static Answer error(int status, String what) {
    return json(status, Map.of("error", what));
  }
}
