// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.camel.spi.PropertiesComponent;
import org.synapsegateway.settings.Setting;

/** Settings whose value is a JSON object. */
public final class JsonSettings {
  static final Set<Setting> ALL =
      EnumSet.of(Setting.WELL_KNOWN_CLIENT, Setting.WELL_KNOWN_SERVER, Setting.WELL_KNOWN_SUPPORT);

  private JsonSettings() {}

  /**
   * Checks the value of such a setting.
   *
   * @throws IllegalArgumentException if it is no JSON object; says why
   */
  static void check(Setting setting, String text) {
    String example = ": write an object, for example {\"m.server\":\"matrix.example.com:443\"}";
    try {
      if (!new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .readTree(text)
          .isObject()) {
        throw new IllegalArgumentException(setting.key() + example);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          setting.key() + " is no JSON, " + e.getOriginalMessage() + example, e);
    }
  }

  /**
   * Has Camel read settings that are JSON, in which it would take two braces for the border of a
   * placeholder. The same JSON has none.
   *
   * @param given what is given for a key; empty if nothing is
   */
  public static void keep(PropertiesComponent properties, UnaryOperator<String> given) {
    for (Setting setting : ALL) {
      String text = given.apply(setting.key());
      if (text.contains("}}") || text.contains("{{")) {
        properties.addOverrideProperty(setting.key(), withoutPairs(text));
      }
    }
  }

  /** The same with a space between two braces, or in a string with the second one escaped. */
  private static String withoutPairs(String json) {
    StringBuilder kept = new StringBuilder(json.length() + 16);
    boolean inString = false;
    char before = 0;
    for (int i = 0; i < json.length(); i++) {
      char next = json.charAt(i);
      if (next == '\\' && inString && i + 1 < json.length()) {
        kept.append(next).append(json.charAt(++i));
        before = 0;
        continue;
      }
      inString ^= next == '"';
      boolean isPair = next == before && (next == '{' || next == '}');
      if (isPair && inString) {
        kept.append(next == '{' ? "\\u007b" : "\\u007d");
      } else {
        kept.append(isPair ? " " : "").append(next);
      }
      before = next;
    }
    return kept.toString();
  }
}
