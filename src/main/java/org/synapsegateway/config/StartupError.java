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
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
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
import org.apache.camel.PropertyBindingException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.TypeConversionException;
import org.apache.camel.dsl.yaml.common.exception.UnknownNodeIdException;
import org.apache.camel.dsl.yaml.common.exception.UnsupportedFieldException;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.loadbalance.WriterFirst;
import org.synapsegateway.routing.BadExpressionException;
import org.synapsegateway.routing.PrivatePaths;
import org.synapsegateway.server.Refusal;
import org.synapsegateway.worker.WorkerComponent;
import org.synapsegateway.worker.WorkerConfiguration;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * Turns the exception that ended a start into one line that an admin can act on: where, what, how.
 * What looks like a secret is left out of it.
 */
public final class StartupError {
  /** What Camel's own message about a bean begins with. */
  private static final Pattern BEAN = Pattern.compile("Error creating bean: (\\S+) of type: .*");

  private static final List<String> SCHEMES =
      List.of("worker", "direct", "netty-http", "log", "bean");

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

  /** Where and what, without saying that the gateway did not start. */
  public static String describe(Throwable error) {
    return describeAll(error, startup -> List.of(startup.tell())).get(0);
  }

  /** As {@link #describe}, but a line for each fault if the exception knows of several. */
  public static List<String> describeAll(Throwable error) {
    return describeAll(
        error,
        startup ->
            startup
                .find(ConfigurationException.class)
                .map(ConfigurationException::faults)
                .orElseGet(() -> List.of(startup.tell())));
  }

  /** An exception of a class of an admin's own may fail in whatever it is asked. */
  private static List<String> describeAll(
      Throwable error, Function<StartupError, List<String>> tell) {
    try {
      StartupError startup = new StartupError(error);
      return tell.apply(startup).stream().map(startup::line).toList();
    } catch (RuntimeException | Error e) {
      List<Throwable> all = Causes.of(error);
      String innermost = all.get(all.size() - 1).getClass().getName();
      return List.of(innermost + ", which cannot tell more: " + e.getClass().getName());
    }
  }

  private String line(String text) {
    return Secrets.hide(text, Configuration.secrets(files.placeholders()))
        .strip()
        .replaceAll("\\s*\\R\\s*", " ");
  }

  private String tell() {
    return Stream.<Supplier<Optional<String>>>of(
            () -> find(ConfigurationException.class).map(Throwable::getMessage),
            () -> find(BadExpressionException.class).map(Throwable::getMessage),
            () -> find(MarkedYamlEngineException.class).map(this::yaml),
            () -> find(PropertyBindingException.class).map(this::property),
            () -> find(NoSuchBeanException.class).map(this::noBean),
            () -> find(NoClassDefFoundError.class).map(e -> placeOfStep() + missingClass(e)),
            () -> group(NO_DATA_FORMAT).map(this::noDataFormat),
            () -> find(ClassNotFoundException.class).map(this::noClass),
            () -> find(NoSuchLanguageException.class).map(this::noLanguage),
            () -> find(NoSuchEndpointException.class).map(this::noScheme),
            () -> find(NoSuchFileException.class).map(StartupError::noFile))
        .map(Supplier::get)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(() -> placeOfStep() + bean() + innermostMessage());
  }

  /** The bean that could not be made, if it is one. */
  private String bean() {
    return group(BEAN)
        .map(name -> files.placeOfBean(name, "") + "bean " + name + " cannot be made: ")
        .orElse("");
  }

  private <T extends Throwable> Optional<T> find(Class<T> type) {
    return causes.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  private String innermostMessage() {
    String message = causes.get(0).toString();
    for (Throwable cause : causes) {
      if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
        message = cause.getMessage();
      }
    }
    if (message.startsWith("Malformed \\u")) {
      return Configuration.placeOfBadEscape()
          + "\\u takes four hexadecimal digits; write \\\\ for a backslash";
    }
    if (causes.get(causes.size() - 1) instanceof UnsupportedOperationException) {
      String place = files.placeOfTextForKeys();
      return (place.isEmpty() ? group(PARSED).map(file -> file + ": ").orElse("") : place)
          + "a text stands where keys belong, or keys where a text does";
    }
    Matcher noComponent = NO_COMPONENT.matcher(message);
    return noComponent.matches()
        ? "%sunknown setting %s: there is no %s %s%s"
            .formatted(
                Configuration.place(noComponent.group(1)),
                noComponent.group(1),
                noComponent.group(2),
                noComponent.group(3),
                Spelling.hint(noComponent.group(3), SCHEMES))
        : message;
  }

  // ---- YAML

  private String yaml(MarkedYamlEngineException e) {
    String file = e.getProblemMark().map(Mark::getName).orElse("").replaceFirst("^file:", "");
    int line = e.getProblemMark().map(Mark::getLine).orElse(0);
    if (e instanceof UnsupportedFieldException || e instanceof UnknownNodeIdException) {
      String key = e.getProblem().substring(e.getProblem().lastIndexOf(':') + 1).trim();
      String what = e instanceof UnknownNodeIdException ? "step" : "key";
      return files.placeOfKey(file, key, line)
          + "unknown %s \"%s\"".formatted(what, key)
          + Spelling.hint(key, yamlKeys());
    }
    return e.getClass().getPackageName().startsWith("org.apache.camel")
        ? file + ":" + (line + 1) + ": " + e.getProblem()
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
      return keys; // the message stands without a guess
    }
    return keys;
  }

  // ---- properties of beans, options of URIs, keys of Camel's own

  private String property(PropertyBindingException e) {
    String name = e.getPropertyName();
    Optional<Class<?>> type = setterType(e.getTarget(), name);
    if (e.getOptionPrefix() != null && e.getOptionKey() != null) {
      String key = e.getOptionPrefix() + e.getOptionKey();
      String hint = Spelling.hint(name, setters(e.getTarget()), e.getOptionPrefix()::concat);
      return Configuration.place(key)
          + (type.isEmpty() ? "unknown setting " + key + hint : badValue(key, type.get()));
    }
    String bean = group(BEAN).orElse("");
    String place = bean.isEmpty() ? placeOfStep() : files.placeOfBean(bean, name);
    String owner = bean.isEmpty() ? "" : "bean " + bean + ": ";
    return place
        + owner
        + (type.isEmpty()
            ? "there is no property " + name + Spelling.hint(name, setters(e.getTarget()))
            : badValue(name, type.get()));
  }

  /** A value that a setter refused speaks for itself; one that never came so far does not. */
  private String badValue(String name, Class<?> type) {
    Throwable innermost = causes.get(causes.size() - 1);
    boolean refused =
        find(TypeConversionException.class).isEmpty()
            && innermost instanceof IllegalArgumentException
            && !(innermost instanceof NumberFormatException)
            && !innermost.getMessage().startsWith("Could not find a suitable setter");
    return refused ? innermost.getMessage() : name + ": write " + kind(type);
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

  /** What the first exception says whose message is of this kind. */
  private Optional<String> group(Pattern message) {
    return causes.stream()
        .map(cause -> message.matcher(String.valueOf(cause.getMessage())))
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .findFirst();
  }

  /** Those of a worker's endpoint and component stand in the configuration that both have. */
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

  private String noBean(NoSuchBeanException e) {
    List<String> known = new ArrayList<>(files.beanNames());
    known.add("frontDoor");
    String name = e.getName();
    String place = files.placeOfValue(value -> value.replaceFirst("^#", "").equals(name));
    return orStep(place) + "there is no bean named " + name + Spelling.hint(name, known);
  }

  private String noClass(ClassNotFoundException e) {
    String name = String.valueOf(e.getMessage());
    String place = files.placeOfValue(value -> value.replaceFirst("^#class:", "").equals(name));
    return orStep(place) + "there is no class " + name + Spelling.hint(name, BEAN_TYPES);
  }

  private String noLanguage(NoSuchLanguageException e) {
    String name = e.getLanguage();
    String key = files.placeOfKey(name);
    String place =
        key.isEmpty()
            ? files.placeOfValue(value -> value.equals(name) || value.startsWith(name + ":"))
            : key;
    return orStep(place) + "there is no language " + name + whereToGet("language", name, LANGUAGES);
  }

  private String noScheme(NoSuchEndpointException e) {
    String scheme = e.getUri().replaceFirst("(?s):.*", "");
    String place = files.placeOfValue(value -> value.startsWith(scheme + ":"));
    return orStep(place)
        + "nothing answers to "
        + scheme
        + ":"
        + whereToGet("component", scheme, SCHEMES);
  }

  private String noDataFormat(String name) {
    String place = files.placeOfValue(value -> value.equals(name));
    return orStep(place)
        + "there is no data format "
        + name
        + whereToGet("dataformat", name, Set.of());
  }

  /** Where a thing of Camel's is to be had that is not here, or what else may have been meant. */
  private static String whereToGet(String kind, String name, Collection<String> here) {
    CamelArtifacts artifacts = new CamelArtifacts();
    String advice = artifacts.advice(kind, name);
    Set<String> known = artifacts.names(kind);
    known.addAll(here);
    String mark = kind.equals("component") ? ":" : "";
    return advice.isEmpty() ? Spelling.hint(name, known, other -> other + mark) : advice;
  }

  /** A jar is there, but not another one that it needs. */
  private static String missingClass(NoClassDefFoundError e) {
    String name = String.valueOf(e.getMessage()).replace('/', '.');
    return "there is no class "
        + name
        + ", which one of the jars in "
        + ExtensionJars.DIRECTORY
        + "/ needs; put the jar that has it there too";
  }

  private static String noFile(NoSuchFileException e) {
    return "there is no "
        + e.getFile()
        + " here; run the gateway in the directory that has routes/ and config/";
  }

  // ---- places

  private String orStep(String place) {
    return place.isEmpty() ? placeOfStep() : place;
  }

  /** The step, or its route where the step is not found; Camel keeps neither line. */
  private String placeOfStep() {
    String route =
        find(FailedToCreateRouteException.class)
            .map(FailedToCreateRouteException::getRouteId)
            .or(() -> find(FailedToStartRouteException.class).map(e -> e.getRouteId()))
            .orElse("");
    String step = find(ResolveEndpointFailedException.class).map(e -> tail(e.getUri())).orElse("");
    return files.placeOfStep(route, step);
  }

  /** What of a URI stands in the file as it is, whatever placeholders stand before it. */
  private static String tail(String uri) {
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1);
  }
}
