// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.TypeConversionException;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.fault.Reason;
import org.synapsegateway.worker.WorkerComponent;
import org.synapsegateway.worker.WorkerConfiguration;
import org.synapsegateway.worker.WorkerEndpoint;

/** Values that a property of a bean, an option of a URI or a key of Camel's does not take. */
final class BadValues {
  private final FailedStart start;

  BadValues(FailedStart start) {
    this.start = start;
  }

  Fault property(PropertyBindingException e) {
    String name = e.getPropertyName();
    Optional<Class<?>> type = setterType(e.getTarget(), name);
    if (e.getOptionPrefix() != null && e.getOptionKey() != null) {
      String key = e.getOptionPrefix() + e.getOptionKey();
      String hint = Spelling.hint(name, setters(e.getTarget()), e.getOptionPrefix()::concat);
      return new Fault(
          type.isEmpty() ? Code.UNKNOWN_SETTING : Code.BAD_SETTING,
          Configuration.place(key),
          key,
          type.isEmpty()
              ? "unknown setting " + key + hint
              : badValue("%s = \"%s\"".formatted(key, e.getValue()), type.get()));
    }
    String bean = start.bean().orElse("");
    if (bean.isEmpty() && type.isPresent()) {
      return new Fault(Code.BAD_URI, start.placeOfStep(), name, badValue(name, type.get()));
    }
    return new Fault(
        type.isEmpty() ? Code.UNKNOWN_PROPERTY : Code.BAD_PROPERTY,
        bean.isEmpty() ? start.placeOfStep() : start.files().placeOfBean(bean, name),
        name,
        (bean.isEmpty() ? "" : "bean " + bean + ": ")
            + (type.isEmpty()
                ? "there is no property " + name + Spelling.hint(name, setters(e.getTarget()))
                : badValue(name, type.get())));
  }

  /** A setter that refuses a value says why; a value of another type does not reach it. */
  private String badValue(String name, Class<?> type) {
    Throwable innermost = start.innermost();
    String message = Reason.of(innermost);
    boolean refused =
        start.find(TypeConversionException.class).isEmpty()
            && innermost instanceof IllegalArgumentException
            && !(innermost instanceof NumberFormatException)
            && !message.startsWith("Could not find a suitable setter")
            && !message.startsWith("Cannot convert the String value");
    return refused ? message : name + ": write " + kind(type);
  }

  private static String kind(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "boolean", "Boolean" -> "true or false";
      case "int", "Integer" -> "a whole number";
      case "double", "Double", "float", "Float" -> "a number, for example 1.25";
      case "long", "Long", "Duration" -> "a duration with its unit, for example 500ms, 30s or 5m";
      default -> "a value of type " + type.getSimpleName();
    };
  }

  /** A worker's endpoint and component have the setters of their configuration too. */
  private static Stream<Method> setterMethods(Object target) {
    if (target instanceof WorkerEndpoint || target instanceof WorkerComponent) {
      return Stream.concat(setters(target.getClass()), setters(WorkerConfiguration.class));
    }
    return target == null ? Stream.empty() : setters(target.getClass());
  }

  private static Stream<Method> setters(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getName().matches("set[A-Z].*"))
        .filter(method -> method.getParameterCount() == 1);
  }

  private static String property(Method setter) {
    String name = setter.getName().substring("set".length());
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  private static Set<String> setters(Object target) {
    return setterMethods(target).map(BadValues::property).collect(Collectors.toSet());
  }

  /** As Camel finds setters: whatever the capitals, and with dashes or without. */
  private static Optional<Class<?>> setterType(Object target, String name) {
    String plain = name.replace("-", "");
    return setterMethods(target)
        .filter(setter -> property(setter).equalsIgnoreCase(plain))
        .<Class<?>>map(setter -> setter.getParameterTypes()[0])
        .findFirst();
  }

  /** A value that cannot be converted to its type. */
  Fault type(NoTypeConversionAvailableException e) {
    String value = String.valueOf(e.getValue());
    String place = start.placeOfStep();
    return new Fault(
        Code.BAD_ROUTE,
        place.isEmpty() ? start.files().placeOfValue(value::equals) : place,
        value,
        "\"%s\": write %s".formatted(value, kind(e.getToType())));
  }
}
