// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.NoSuchLanguageException;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.loadbalance.WriterFirst;
import org.synapsegateway.routing.PrivatePaths;
import org.synapsegateway.server.Refusal;

/**
 * Faults of names in routes and beans that name nothing: the name, its place, and the nearest known
 * name.
 */
final class UnknownNames {
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

  private final FailedStart start;

  UnknownNames(FailedStart start) {
    this.start = start;
  }

  Fault bean(NoSuchBeanException e) {
    if (e.getName() == null) {
      return new Fault(
          Code.BAD_ROUTE,
          start.placeOfStep(),
          "",
          "an option that names a bean is missing; Camel's documentation of the step lists them");
    }
    List<String> known = new ArrayList<>(start.files().beanNames());
    known.add("frontDoor");
    String name = e.getName().replaceFirst("^#", "");
    String place = start.files().placeOfValue(value -> value.replaceFirst("^#", "").equals(name));
    return unknown(
        Code.UNKNOWN_BEAN,
        place,
        name,
        "there is no bean named " + name + Spelling.hint(name, known));
  }

  Fault className(String name) {
    String place =
        start.files().placeOfValue(value -> value.replaceFirst("^#class:", "").equals(name));
    return unknown(
        Code.UNKNOWN_CLASS,
        place,
        name,
        "there is no class " + name + Spelling.hint(name, BEAN_TYPES));
  }

  /**
   * @param kind what the key names: a component, a language ..
   */
  Fault inKey(String key, String kind, String name) {
    return new Fault(
        Code.UNKNOWN_SETTING,
        Configuration.place(key),
        key,
        "unknown setting %s: there is no %s %s%s"
            .formatted(key, kind, name, Spelling.hint(name, SCHEMES)));
  }

  Fault language(NoSuchLanguageException e) {
    String name = e.getLanguage();
    String key = start.files().placeOfKey(name);
    String place =
        key.isEmpty()
            ? start
                .files()
                .placeOfValue(value -> value.equals(name) || value.startsWith(name + ":"))
            : key;
    return unknown(
        Code.UNKNOWN_LANGUAGE,
        place,
        name,
        "there is no language " + name + whereToGet("language", name, LANGUAGES));
  }

  Fault scheme(NoSuchEndpointException e) {
    String scheme = e.getUri().replaceFirst("(?s):.*", "");
    String place = start.files().placeOfValue(value -> value.startsWith(scheme + ":"));
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

  Fault reference(String name) {
    String plain = name.replaceFirst("^#", "");
    String place = start.files().placeOfValue(value -> value.replaceFirst("^#", "").equals(plain));
    return unknown(
        Code.UNKNOWN_BEAN,
        place,
        plain,
        "there is no bean named " + plain + Spelling.hint(plain, start.files().beanNames()));
  }

  Fault kamelet(String name) {
    String place =
        start
            .files()
            .placeOfValue(value -> value.matches("(kamelet:)?" + Pattern.quote(name) + "\\b.*"));
    return place.isEmpty()
        ? new Fault(
            Code.BAD_ROUTE, start.files().placeOfKey("kamelet"), "", "\"name\" is missing; add it")
        : new Fault(
            Code.UNKNOWN_COMPONENT,
            place,
            name,
            "there is no kamelet %s; put kamelets/%s.kamelet.yaml into a jar of %s/"
                .formatted(name, name, ExtensionJars.DIRECTORY));
  }

  Fault placeholder(String key) {
    return unknown(
        Code.UNKNOWN_PLACEHOLDER,
        start.files().placeOfValue(value -> value.contains("{{" + key)),
        key,
        "no setting gives {{%s}} a value".formatted(key)
            + Spelling.hint(key, SettingKeys.SETTINGS));
  }

  Fault dataFormat(String name) {
    String place = start.files().placeOfValue(value -> value.equals(name));
    return unknown(
        Code.UNKNOWN_DATA_FORMAT,
        place,
        name,
        "there is no data format " + name + whereToGet("dataformat", name, Set.of()));
  }

  private Fault unknown(Code code, String place, String name, String text) {
    return new Fault(code, place.isEmpty() ? start.placeOfStep() : place, name, text);
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
  Fault missingClass(NoClassDefFoundError e) {
    String name = String.valueOf(e.getMessage()).replace('/', '.');
    return new Fault(
        Code.MISSING_CLASS,
        start.placeOfStep(),
        name,
        "a jar of %s/ needs class %s; put the jar that has it there too"
            .formatted(ExtensionJars.DIRECTORY, name));
  }
}
