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
   * Has Camel read settings that are JSON. It would take closing braces for the end of a
   * placeholder, so they are separated by spaces, which mean nothing in JSON.
   *
   * @param given what is given for a key; empty if nothing is
   */
  public static void keep(PropertiesComponent properties, UnaryOperator<String> given) {
    for (Setting setting : ALL) {
      String key = setting.key();
      String text = given.apply(key);
      if (text.contains("}}") && !text.contains("{{")) {
        properties.addOverrideProperty(key, text.replaceAll("}(?=})", "} "));
      }
    }
  }
}
