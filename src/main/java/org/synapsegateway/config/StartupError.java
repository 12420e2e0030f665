// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.NoSuchLanguageException;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.language.simple.types.SimpleIllegalSyntaxException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.routing.BadExpressionException;

/**
 * Turns the exception that ended a start into faults that an admin can act on: code, place, what,
 * how to mend it. Leaves out what looks like a secret.
 */
public final class StartupError {
  /** What Camel says of a key of a component that is not there. */
  private static final Pattern NO_COMPONENT =
      Pattern.compile(
          "(?s)Error configuring property: (\\S+) because"
              + " cannot find (\\w+) with name (\\S+)\\. .*");

  /** What Camel says of a data format that is not there. */
  private static final Pattern NO_DATA_FORMAT =
      Pattern.compile("Data format '([^']+)' could not be created\\. .*");

  /** What Camel says of a placeholder, wherever it is. */
  private static final Pattern NO_PLACEHOLDER =
      Pattern.compile("(?s)Property with key \\[([^]]+)] not found in properties from text: .*");

  /** What Camel says of what it looks for in its registry and does not find. */
  private static final Pattern NO_REFERENCE =
      Pattern.compile(
          "(?:Cannot find (?:\\w+|data format) in [Rr]egistry with (?:name|ref): |ExecutorServiceRef )"
              + "(\\S+).*");

  private static final Pattern NO_KAMELET =
      Pattern.compile("Resource not found: \\S*?([^/]+)\\.kamelet\\.yaml");

  /** What Camel says of a key at the top of a file that comes after a route. */
  private static final Pattern TOO_LATE =
      Pattern.compile("(\\w+) must be defined before any routes in the RouteBuilder");

  private static final Pattern NO_BEAN_KEY =
      Pattern.compile("The bean (name|type) must be set must be specified");

  /** What Camel says of parts of a file that it does not place, and the keys of these. */
  private static final Map<String, String> TOPS =
      Map.of(
          "RouteTemplate with id", "templatedRoute",
          "Route template", "templatedRoute",
          "Rest service", "rest",
          "because \"name\" is null", "refErrorHandler");

  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

  private final FailedStart start;
  private final RouteFiles files;
  private final UnknownNames names;
  private final BadValues values;
  private final YamlFaults yaml;

  private StartupError(Throwable error) {
    start = new FailedStart(error);
    files = start.files();
    names = new UnknownNames(start);
    values = new BadValues(start);
    yaml = new YamlFaults(start);
  }

  public static String explain(Throwable error) {
    return "The gateway did not start: " + describe(error);
  }

  /** The first fault as one line, with the number of the others. */
  public static String describe(Throwable error) {
    return ConfigurationException.summary(faults(error));
  }

  /** All faults that the exception knows, at least one. */
  public static List<Fault> faults(Throwable error) {
    try {
      StartupError startup = new StartupError(error);
      return startup.tell().stream().map(fault -> fault.map(startup::line)).toList();
    } catch (RuntimeException | Error e) {
      // an exception of an admin's own class may fail in each of its methods
      List<Throwable> all = Causes.of(error);
      String innermost = all.get(all.size() - 1).getClass().getName();
      return List.of(
          Fault.of(
              Code.FAILED,
              innermost,
              innermost + " has no message: it throws " + e.getClass().getName()));
    }
  }

  private String line(String text) {
    return Secrets.hide(text, Configuration.secrets(files.placeholders()))
        .strip()
        .replaceAll("\\s*\\R\\s*", " ");
  }

  private List<Fault> tell() {
    return start
        .find(ConfigurationException.class)
        .map(known -> known.faults().stream().map(this::placed).toList())
        .orElseGet(() -> List.of(translated()));
  }

  /** Beans, endpoints and settings do not know where they are written. */
  private Fault placed(Fault fault) {
    if (!fault.place().isEmpty()) {
      return fault;
    }
    String place =
        fault.code() == Code.BAD_SETTING ? Configuration.place(fault.value()) : start.placeOfStep();
    return fault.at(place.isEmpty() ? files.placeOfStep(fault.value(), "") : place);
  }

  private Fault translated() {
    return Stream.<Supplier<Optional<Fault>>>of(
            () -> start.find(BadExpressionException.class).map(BadExpressionException::fault),
            () -> start.find(SimpleIllegalSyntaxException.class).map(this::badSimple),
            () -> start.find(MarkedYamlEngineException.class).map(yaml::of),
            () -> start.group(NO_PLACEHOLDER).map(names::placeholder),
            () -> start.find(PropertyBindingException.class).map(values::property),
            () -> start.find(NoSuchBeanException.class).map(names::bean),
            () -> start.find(NoClassDefFoundError.class).map(names::missingClass),
            () -> start.group(NO_DATA_FORMAT).map(names::dataFormat),
            () ->
                start
                    .find(ClassNotFoundException.class)
                    .map(e -> names.className(String.valueOf(e.getMessage()))),
            () -> start.find(NoSuchLanguageException.class).map(names::language),
            () -> start.find(NoSuchEndpointException.class).map(names::scheme),
            () -> start.find(NoSuchFileException.class).map(StartupError::noFile),
            () -> start.group(NO_KAMELET).map(names::kamelet),
            () -> start.group(NO_REFERENCE).map(names::reference),
            () -> start.group(TOO_LATE).map(this::tooLate),
            () -> start.find(NoTypeConversionAvailableException.class).map(this::wrongType),
            yaml::node)
        .map(Supplier::get)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(this::other);
  }

  /** What has no exception of its own. */
  private Fault other() {
    String message = start.message();
    if (message.startsWith("Malformed \\u")) {
      return new Fault(
          Code.BAD_ESCAPE,
          SettingsFile.placeOfBadEscape(),
          "\\u",
          "\\u takes four hexadecimal digits; write \\\\ for a backslash");
    }
    Matcher noComponent = NO_COMPONENT.matcher(message);
    if (noComponent.matches()) {
      return names.inKey(noComponent.group(1), noComponent.group(2), noComponent.group(3));
    }
    Optional<String> bean = start.bean();
    if (bean.isPresent()) {
      String name = bean.get();
      return new Fault(
          Code.BAD_BEAN,
          files.placeOfBean(name, ""),
          name,
          "bean " + name + " cannot be made: " + message);
    }
    Optional<String> uri =
        start
            .find(ResolveEndpointFailedException.class)
            .map(e -> RouteModel.withoutOptions(e.getUri()).replaceFirst("://", ":"));
    String text = CamelWords.plain(message);
    String place = start.placeOfStep();
    place = place.isEmpty() ? placeByWords(message) : place;
    Code code = place.isEmpty() ? Code.FAILED : Code.BAD_ROUTE;
    return new Fault(uri.isPresent() ? Code.BAD_URI : code, place, uri.orElse(start.route()), text);
  }

  /** The place of what is not in a route, by what Camel says of it. */
  private String placeByWords(String message) {
    Matcher bean = NO_BEAN_KEY.matcher(message);
    if (bean.matches()) {
      return files.placeOfBeanWithout(bean.group(1));
    }
    for (Map.Entry<String, String> top : TOPS.entrySet()) {
      if (message.contains(top.getKey())) {
        return files.placeOfKey(top.getValue());
      }
    }
    Matcher quoted = QUOTED.matcher(message);
    return quoted.find() ? files.placeOfValue(quoted.group(1)::equals) : start.parsedFile();
  }

  /** Camel names the route; the step may be of a routeConfiguration in another file. */
  private Fault badSimple(SimpleIllegalSyntaxException e) {
    String expression = e.getExpression();
    String place = files.placeOfValue(value -> Placeholder.mayBecome(value, expression));
    return new Fault(
        Code.BAD_EXPRESSION,
        place.isEmpty() ? start.placeOfStep() : place,
        expression,
        "the simple expression %s: %s".formatted(expression, start.message()));
  }

  private Fault wrongType(NoTypeConversionAvailableException e) {
    return e.getToType() == Class.class
        ? names.className(String.valueOf(e.getValue()))
        : values.type(e);
  }

  private Fault tooLate(String key) {
    return new Fault(
        Code.BAD_ROUTE,
        files.placeAfterRoute(key),
        key,
        "\"%s\" must be above the routes of this file; move it there".formatted(key));
  }

  private static Fault noFile(NoSuchFileException e) {
    return new Fault(
        Code.UNREADABLE_FILE,
        e.getFile(),
        e.getFile(),
        "there is no such file; run the gateway where routes/ and config/ are");
  }
}
