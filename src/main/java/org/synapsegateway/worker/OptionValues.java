// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.spi.UriParam;

/** Refuses values of options in a worker's URI that Camel would misread. */
final class OptionValues {
  private static final Pattern NUMBER = Pattern.compile("0*[1-9][0-9]*");

  /** The options that are durations. */
  private static final Set<String> DURATIONS =
      options(field -> field.getAnnotation(UriParam.class).javaType().endsWith(".Duration"));

  private static final Set<String> COUNTS = options(field -> field.getType() == int.class);

  /** As Camel reads them: {@code 1m30s}, or ISO 8601; none needs no unit. */
  private static final Pattern DURATION =
      Pattern.compile("0|(\\d+(ms|s|m|h|d))+|pt?\\d.*", Pattern.CASE_INSENSITIVE);

  private static final Pattern COUNT = Pattern.compile("-?\\d{1,9}");

  private OptionValues() {}

  private static Set<String> options(Predicate<Field> which) {
    return Arrays.stream(WorkerConfiguration.class.getDeclaredFields())
        .filter(field -> field.isAnnotationPresent(UriParam.class))
        .filter(which)
        .map(Field::getName)
        .collect(Collectors.toSet());
  }

  /**
   * Refuses values that Camel would misread. Camel takes a duration without a unit for
   * milliseconds, where an admin who knows nginx means seconds; it takes an invalid number or
   * duration for 0; and it makes a list of an option that the URI has twice.
   *
   * @param value a text, or the list of those of an option that the URI has several times
   * @throws IllegalArgumentException if it is one of these
   */
  static void check(String option, Object value) {
    if (value instanceof Collection) {
      throw new IllegalArgumentException(option + " is in the URI twice; remove one");
    }
    String text = value.toString();
    if (DURATIONS.contains(option)) {
      checkDuration(option, text);
    } else if (COUNTS.contains(option) && !COUNT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "%s = \"%s\": write a whole number".formatted(option, text));
    }
  }

  private static void checkDuration(String option, String text) {
    if (NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "%s=%s has no unit; write for example %sms or %ss".formatted(option, text, text, text));
    }
    if (!DURATION.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "%s = \"%s\": write a duration with its unit, for example 500ms, 30s or 5m"
              .formatted(option, text));
    }
  }
}
