// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which of Camel's jars has a component, a language or a data format, as Camel's catalog lists
 * them. Immutable.
 */
final class CamelArtifacts {
  /** Where the list is on the class path: {@code component.http=camel-http} and so on. */
  static final String RESOURCE = "/org/synapsegateway/camel-artifacts.properties";

  private final Properties list = new Properties();

  CamelArtifacts() {
    try (InputStream in = CamelArtifacts.class.getResourceAsStream(RESOURCE)) {
      list.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of a kind: {@code component}, {@code language} or {@code dataformat}. */
  Set<String> names(String kind) {
    Set<String> names = new TreeSet<>();
    for (String key : list.stringPropertyNames()) {
      if (key.startsWith(kind + ".")) {
        names.add(key.substring(kind.length() + 1));
      }
    }
    return names;
  }

  /** The version of Camel. */
  String version() {
    return list.getProperty("version");
  }

  /** Where to get a thing of Camel's and where to put it; the empty text if Camel has no such. */
  String advice(String kind, String name) {
    String artifact = list.getProperty(kind + "." + name);
    return artifact == null
        ? ""
        : "; it is in org.apache.camel:%s:%s: put that jar and those it depends on into %s/"
            .formatted(artifact, version(), ExtensionJars.DIRECTORY);
  }
}
