// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The routes that come with the gateway, as the build has packed them. */
final class Shipped {
  /** Files of routes that no worker of Synapse's stands in. */
  private static final List<String> OTHERS =
      List.of("front", "main", "errors", "mas", "rendezvous", "repeatable", "well-known");

  private Shipped() {}

  /** The names of all files of routes, without {@code .camel.yaml}. */
  static List<String> routes() {
    return Stream.concat(OTHERS.stream(), Arrays.stream(RouteGroup.values()).map(RouteGroup::file))
        .distinct()
        .sorted()
        .toList();
  }

  static String path(String route) {
    return "routes/" + route + ".camel.yaml";
  }

  static String route(String route) {
    try (InputStream in = Shipped.class.getResourceAsStream(path(route))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
