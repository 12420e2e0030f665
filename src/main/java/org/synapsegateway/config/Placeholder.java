// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static java.util.stream.Collectors.joining;

import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A name between double braces in routes and settings: {@code {{env:NAME}}} for a variable of the
 * environment, {@code {{sys:name}}} for a property of Java, {@code {{name}}} for a setting.
 *
 * @param function {@code env}, {@code sys}, or null
 */
record Placeholder(String function, String name) {
  private static final Pattern FORM =
      Pattern.compile("\\{\\{\\s*\\??\\s*(?:(env|sys)[:.])?([\\w.-]+)");

  static Stream<Placeholder> in(String text) {
    return FORM.matcher(text)
        .results()
        .map(found -> new Placeholder(found.group(1), found.group(2)));
  }

  /** Whether a text may read so once its placeholders have their values. */
  static boolean mayBecome(String written, String read) {
    String form =
        Stream.of(written.split("\\{\\{.*?}}", -1)).map(Pattern::quote).collect(joining(".*"));
    return Pattern.compile(form, Pattern.DOTALL).matcher(read).matches();
  }

  /**
   * What it stands for, as Camel looks it up (its IOHelper.lookupEnvironmentVariable): capitals,
   * dashes and dots of a variable's name do not matter.
   *
   * @return null if it names nothing outside of the files
   */
  @Nullable String value(Map<String, String> environment, Properties system) {
    if ("sys".equals(function)) {
      return system.getProperty(name);
    }
    String capitals = name.toUpperCase(Locale.ROOT);
    String value = environment.get(capitals);
    return value == null ? environment.get(capitals.replaceAll("[.-]", "_")) : value;
  }
}
