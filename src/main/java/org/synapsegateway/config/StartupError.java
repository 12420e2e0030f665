// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.NoSuchLanguageException;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.TypeConversionException;
import org.apache.camel.dsl.yaml.common.exception.UnknownNodeIdException;
import org.apache.camel.dsl.yaml.common.exception.UnsupportedFieldException;
import org.apache.camel.language.simple.types.SimpleIllegalSyntaxException;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.fault.Reason;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.loadbalance.WriterFirst;
import org.synapsegateway.routing.BadExpressionException;
import org.synapsegateway.routing.PrivatePaths;
import org.synapsegateway.server.Refusal;
import org.synapsegateway.worker.WorkerComponent;
import org.synapsegateway.worker.WorkerConfiguration;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * Turns the exception that ended a start into faults that an admin can act on: code, place, what,
 * how to mend it. Leaves out what looks like a secret.
 */
public final class StartupError {
  /** An object of Camel's inside a message, which says nothing. */
  private static final Pattern OBJECT =
      Pattern.compile(" on:? org\\.apache\\.camel\\.reifier\\.\\w+@\\p{XDigit}+");

  private static final Pattern BEAN = Pattern.compile("Error creating bean: (\\S+) of type: .*");

  private static final List<String> SCHEMES =
      List.of("worker", "direct", "netty-http", "log", "bean");

  /** What may follow {@code worker:}. */
  private static final Set<String> ADDRESSES = Set.of("unix", "tcp", "srv");

  private static final List<String> LANGUAGES =
      List.of("request", "query", "argument", "simple", "constant", "bean", "ref");

  private static final List<String> BEAN_TYPES =
      Stream.of(ConsistentHash.class, WriterFirst.class, PrivatePaths.class, Refusal.class)
          .map(Class::getName)
          .toList();

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

  private static final Pattern PARSED =
      Pattern.compile("Error pre-parsing resource: (?:file:)?(\\S+)");

  /** From the outermost exception to the innermost. */
  private final List<Throwable> causes;

  private final RouteFiles files;

  private StartupError(Throwable error) {
    causes = Causes.of(error);
    files = RouteFiles.of(Configuration.given(Layout.ROUTES).orElse(Layout.ROUTE_FILES));
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
    return find(ConfigurationException.class)
        .map(known -> known.faults().stream().map(this::placed).toList())
        .orElseGet(() -> List.of(translated()));
  }

  /** Beans, endpoints and settings do not know where they are written. */
  private Fault placed(Fault fault) {
    if (!fault.place().isEmpty()) {
      return fault;
    }
    String place =
        fault.code() == Code.BAD_SETTING ? Configuration.place(fault.value()) : placeOfStep();
    return fault.at(place.isEmpty() ? files.placeOfStep(fault.value(), "") : place);
  }

  private Fault translated() {
    return Stream.<Supplier<Optional<Fault>>>of(
            () -> find(BadExpressionException.class).map(BadExpressionException::fault),
            () -> find(SimpleIllegalSyntaxException.class).map(this::badSimple),
            () -> find(MarkedYamlEngineException.class).map(this::yaml),
            () -> group(NO_PLACEHOLDER).map(this::noPlaceholder),
            () -> find(PropertyBindingException.class).map(this::property),
            () -> find(NoSuchBeanException.class).map(this::noBean),
            () -> find(NoClassDefFoundError.class).map(this::missingClass),
            () -> group(NO_DATA_FORMAT).map(this::noDataFormat),
            () -> find(ClassNotFoundException.class).map(this::noClass),
            () -> find(NoSuchLanguageException.class).map(this::noLanguage),
            () -> find(NoSuchEndpointException.class).map(this::noScheme),
            () -> find(NoSuchFileException.class).map(StartupError::noFile),
            () -> group(NO_KAMELET).map(this::noKamelet),
            () -> group(NO_REFERENCE).map(this::noReference),
            () -> group(TOO_LATE).map(this::tooLate),
            () -> find(NoTypeConversionAvailableException.class).map(this::wrongType))
        .map(Supplier::get)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(this::other);
  }

  private <T extends Throwable> Optional<T> find(Class<T> type) {
    return causes.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /** What has no exception of its own. */
  private Fault other() {
    String message = innermostMessage();
    if (message.startsWith("Malformed \\u")) {
      return new Fault(
          Code.BAD_ESCAPE,
          SettingsFile.placeOfBadEscape(),
          "\\u",
          "\\u takes four hexadecimal digits; write \\\\ for a backslash");
    }
    if (isOfYaml(causes.get(causes.size() - 1))) {
      String place = placeOfStep();
      return new Fault(
          Code.BAD_NODE,
          place.isEmpty() ? group(PARSED).orElse("") : place,
          "",
          "a text is where a mapping belongs, or the reverse");
    }
    Matcher noComponent = NO_COMPONENT.matcher(message);
    if (noComponent.matches()) {
      String key = noComponent.group(1);
      String name = noComponent.group(3);
      return new Fault(
          Code.UNKNOWN_SETTING,
          Configuration.place(key),
          key,
          "unknown setting %s: there is no %s %s%s"
              .formatted(key, noComponent.group(2), name, Spelling.hint(name, SCHEMES)));
    }
    Optional<String> bean = group(BEAN);
    if (bean.isPresent()) {
      String name = bean.get();
      return new Fault(
          Code.BAD_BEAN,
          files.placeOfBean(name, ""),
          name,
          "bean " + name + " cannot be made: " + message);
    }
    Optional<String> uri =
        find(ResolveEndpointFailedException.class)
            .map(e -> RouteModel.withoutOptions(e.getUri()).replaceFirst("://", ":"));
    String text = CamelWords.plain(message);
    String place = placeOfStep();
    place = place.isEmpty() ? placeByWords(message) : place;
    Code code = place.isEmpty() ? Code.FAILED : Code.BAD_ROUTE;
    return new Fault(uri.isPresent() ? Code.BAD_URI : code, place, uri.orElse(route()), text);
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
    return quoted.find() ? files.placeOfValue(quoted.group(1)::equals) : group(PARSED).orElse("");
  }

  /** Whether Camel's YAML reader has met a text in the place of keys, or the reverse. */
  private static boolean isOfYaml(Throwable innermost) {
    StackTraceElement[] trace = innermost.getStackTrace();
    return innermost instanceof UnsupportedOperationException
        && trace.length > 0
        && trace[0].getClassName().startsWith("org.apache.camel.dsl.yaml.");
  }

  private String innermostMessage() {
    String message = causes.get(0).toString();
    for (Throwable cause : causes) {
      if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
        message = cause.getMessage();
      }
    }
    return OBJECT.matcher(message).replaceAll("");
  }

  // ---- YAML

  private Fault yaml(MarkedYamlEngineException e) {
    String file = e.getProblemMark().map(Mark::getName).orElse("").replaceFirst("^file:", "");
    int line = e.getProblemMark().map(Mark::getLine).orElse(0);
    if (e instanceof UnsupportedFieldException || e instanceof UnknownNodeIdException) {
      String key = e.getProblem().substring(e.getProblem().lastIndexOf(':') + 1).trim();
      boolean step = e instanceof UnknownNodeIdException;
      Set<String> known = yamlKeys();
      return new Fault(
          step ? Code.UNKNOWN_STEP : Code.UNKNOWN_KEY,
          files.placeOfKey(file, key, line),
          key,
          known.contains(key)
              ? "\"%s\" cannot be here; Camel's documentation says where it belongs".formatted(key)
              : "unknown %s \"%s\"".formatted(step ? "step" : "key", key)
                  + Spelling.hint(key, known));
    }
    return e.getClass().getPackageName().startsWith("org.apache.camel")
        ? new Fault(Code.BAD_ROUTE, file + ":" + (line + 1), "", CamelWords.plain(e.getProblem()))
        : YamlSyntax.fault(file, e);
  }

  /** All keys that Camel's YAML has anywhere. */
  private static Set<String> yamlKeys() {
    Set<String> keys = new TreeSet<>();
    try (InputStream schema = StartupError.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
      String text = schema == null ? "" : new String(schema.readAllBytes(), StandardCharsets.UTF_8);
      Matcher matcher = Pattern.compile("\"(\\w+)\" : \\{").matcher(text);
      while (matcher.find()) {
        keys.add(matcher.group(1));
      }
    } catch (IOException e) {
      return keys; // the message has no guess then
    }
    return keys;
  }

  // ---- properties of beans, options of URIs, keys of Camel's own

  private Fault property(PropertyBindingException e) {
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
    String bean = group(BEAN).orElse("");
    if (bean.isEmpty() && type.isPresent()) {
      return new Fault(Code.BAD_URI, placeOfStep(), name, badValue(name, type.get()));
    }
    return new Fault(
        type.isEmpty() ? Code.UNKNOWN_PROPERTY : Code.BAD_PROPERTY,
        bean.isEmpty() ? placeOfStep() : files.placeOfBean(bean, name),
        name,
        (bean.isEmpty() ? "" : "bean " + bean + ": ")
            + (type.isEmpty()
                ? "there is no property " + name + Spelling.hint(name, setters(e.getTarget()))
                : badValue(name, type.get())));
  }

  /** A setter that refuses a value says why; a value of another type does not reach it. */
  private String badValue(String name, Class<?> type) {
    Throwable innermost = causes.get(causes.size() - 1);
    String message = Reason.of(innermost);
    boolean refused =
        find(TypeConversionException.class).isEmpty()
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

  /** The message of the first exception of this kind. */
  private Optional<String> group(Pattern message) {
    return causes.stream()
        .map(cause -> message.matcher(String.valueOf(cause.getMessage())))
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .findFirst();
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
    return setterMethods(target).map(StartupError::property).collect(Collectors.toSet());
  }

  /** As Camel finds setters: whatever the capitals, and with dashes or without. */
  private static Optional<Class<?>> setterType(Object target, String name) {
    String plain = name.replace("-", "");
    return setterMethods(target)
        .filter(setter -> property(setter).equalsIgnoreCase(plain))
        .<Class<?>>map(setter -> setter.getParameterTypes()[0])
        .findFirst();
  }

  // ---- names of what is not there

  private Fault noBean(NoSuchBeanException e) {
    if (e.getName() == null) {
      return new Fault(
          Code.BAD_ROUTE,
          placeOfStep(),
          "",
          "an option that names a bean is missing; Camel's documentation of the step lists them");
    }
    List<String> known = new ArrayList<>(files.beanNames());
    known.add("frontDoor");
    String name = e.getName().replaceFirst("^#", "");
    String place = files.placeOfValue(value -> value.replaceFirst("^#", "").equals(name));
    return unknown(
        Code.UNKNOWN_BEAN,
        place,
        name,
        "there is no bean named " + name + Spelling.hint(name, known));
  }

  private Fault noClass(ClassNotFoundException e) {
    String name = String.valueOf(e.getMessage());
    String place = files.placeOfValue(value -> value.replaceFirst("^#class:", "").equals(name));
    return unknown(
        Code.UNKNOWN_CLASS,
        place,
        name,
        "there is no class " + name + Spelling.hint(name, BEAN_TYPES));
  }

  private Fault noLanguage(NoSuchLanguageException e) {
    String name = e.getLanguage();
    String key = files.placeOfKey(name);
    String place =
        key.isEmpty()
            ? files.placeOfValue(value -> value.equals(name) || value.startsWith(name + ":"))
            : key;
    return unknown(
        Code.UNKNOWN_LANGUAGE,
        place,
        name,
        "there is no language " + name + whereToGet("language", name, LANGUAGES));
  }

  /** Camel names the route; the step may be of a routeConfiguration in another file. */
  private Fault badSimple(SimpleIllegalSyntaxException e) {
    String expression = e.getExpression();
    String place = files.placeOfValue(value -> Placeholder.mayBecome(value, expression));
    return new Fault(
        Code.BAD_EXPRESSION,
        place.isEmpty() ? placeOfStep() : place,
        expression,
        "the simple expression %s: %s".formatted(expression, innermostMessage()));
  }

  private Fault noScheme(NoSuchEndpointException e) {
    String scheme = e.getUri().replaceFirst("(?s):.*", "");
    String place = files.placeOfValue(value -> value.startsWith(scheme + ":"));
    String advice =
        ADDRESSES.contains(scheme)
            ? "; did you mean worker:" + scheme + ":?"
            : whereToGet("component", scheme, SCHEMES);
    String worker =
        scheme.equals("http") || scheme.equals("https")
            ? "; a worker of Synapse is worker:tcp:host:8083 or worker:unix:/path.sock"
            : "";
    return unknown(
        Code.UNKNOWN_COMPONENT,
        place,
        scheme,
        "there is no component " + scheme + ":" + advice + worker);
  }

  private Fault noReference(String name) {
    String plain = name.replaceFirst("^#", "");
    String place = files.placeOfValue(value -> value.replaceFirst("^#", "").equals(plain));
    return unknown(
        Code.UNKNOWN_BEAN,
        place,
        plain,
        "there is no bean named " + plain + Spelling.hint(plain, files.beanNames()));
  }

  private Fault noKamelet(String name) {
    String place =
        files.placeOfValue(value -> value.matches("(kamelet:)?" + Pattern.quote(name) + "\\b.*"));
    return place.isEmpty()
        ? new Fault(Code.BAD_ROUTE, files.placeOfKey("kamelet"), "", "\"name\" is missing; add it")
        : new Fault(
            Code.UNKNOWN_COMPONENT,
            place,
            name,
            "there is no kamelet %s; put kamelets/%s.kamelet.yaml into a jar of %s/"
                .formatted(name, name, ExtensionJars.DIRECTORY));
  }

  private Fault tooLate(String key) {
    return new Fault(
        Code.BAD_ROUTE,
        files.placeAfterRoute(key),
        key,
        "\"%s\" must be above the routes of this file; move it there".formatted(key));
  }

  private Fault wrongType(NoTypeConversionAvailableException e) {
    String value = String.valueOf(e.getValue());
    if (e.getToType() == Class.class) {
      return noClass(new ClassNotFoundException(value, e));
    }
    String place = placeOfStep();
    return new Fault(
        Code.BAD_ROUTE,
        place.isEmpty() ? files.placeOfValue(value::equals) : place,
        value,
        "\"%s\": write %s".formatted(value, kind(e.getToType())));
  }

  private Fault noPlaceholder(String key) {
    return unknown(
        Code.UNKNOWN_PLACEHOLDER,
        files.placeOfValue(value -> value.contains("{{" + key)),
        key,
        "no setting gives {{%s}} a value".formatted(key)
            + Spelling.hint(key, SettingKeys.SETTINGS));
  }

  private Fault noDataFormat(String name) {
    String place = files.placeOfValue(value -> value.equals(name));
    return unknown(
        Code.UNKNOWN_DATA_FORMAT,
        place,
        name,
        "there is no data format " + name + whereToGet("dataformat", name, Set.of()));
  }

  private Fault unknown(Code code, String place, String name, String text) {
    return new Fault(code, place.isEmpty() ? placeOfStep() : place, name, text);
  }

  /** Which jar has what is missing here, or the name that is nearest. */
  private static String whereToGet(String kind, String name, Collection<String> here) {
    CamelArtifacts artifacts = new CamelArtifacts();
    String advice = artifacts.advice(kind, name);
    Set<String> known = artifacts.names(kind);
    known.addAll(here);
    String mark = kind.equals("component") ? ":" : "";
    return advice.isEmpty() ? Spelling.hint(name, known, other -> other + mark) : advice;
  }

  /** A jar is there, but not another one that it needs. */
  private Fault missingClass(NoClassDefFoundError e) {
    String name = String.valueOf(e.getMessage()).replace('/', '.');
    return new Fault(
        Code.MISSING_CLASS,
        placeOfStep(),
        name,
        "a jar of %s/ needs class %s; put the jar that has it there too"
            .formatted(ExtensionJars.DIRECTORY, name));
  }

  private static Fault noFile(NoSuchFileException e) {
    return new Fault(
        Code.UNREADABLE_FILE,
        e.getFile(),
        e.getFile(),
        "there is no such file; run the gateway where routes/ and config/ are");
  }

  // ---- places

  /** The step, or its route where the step is not found; Camel keeps neither line. */
  private String placeOfStep() {
    Optional<String> place = find(PlacedException.class).map(PlacedException::place);
    if (place.isPresent() && !place.get().isEmpty()) {
      return place.get();
    }
    String step = find(ResolveEndpointFailedException.class).map(e -> tail(e.getUri())).orElse("");
    return files.placeOfStep(route(), step);
  }

  /** The id of the route that could not be made or started; empty if it was not one. */
  private String route() {
    return find(FailedToCreateRouteException.class)
        .map(FailedToCreateRouteException::getRouteId)
        .or(() -> find(FailedToStartRouteException.class).map(e -> e.getRouteId()))
        .orElse("");
  }

  /** The part of a URI that the file has as it is, whatever placeholders come before it. */
  private static String tail(String uri) {
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1);
  }
}
