// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.LineNumberAware;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.routing.RouteExpression;

/** Where a step of a route is written. */
public final class RoutePlace {
  private static final Pattern SCHEME = Pattern.compile("^(file|classpath):");

  private RoutePlace() {}

  /** The file of a route, or its id if it did not come from one. */
  static String file(RouteDefinition route) {
    return route.getResource() == null
        ? "route " + route.getRouteId()
        : path(route.getResource().getLocation());
  }

  /** The file of a part that many routes may have, such as a step of a routeConfiguration. */
  private static String file(LineNumberAware part) {
    return part.getLocation() == null ? "a routeConfiguration" : path(part.getLocation());
  }

  private static String path(String location) {
    return SCHEME.matcher(location).replaceFirst("");
  }

  /** The comment at the top of a route's file, as one line; null if there is none. */
  public static @Nullable String comment(RouteDefinition route) {
    if (route.getResource() == null) {
      return null;
    }
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(route.getResource().getInputStream(), StandardCharsets.UTF_8))) {
      String text =
          lines
              .lines()
              .takeWhile(line -> line.startsWith("#"))
              .map(line -> line.substring(1).strip())
              .collect(Collectors.joining(" "))
              .strip();
      return text.isEmpty() ? null : text;
    } catch (IOException e) {
      return null; // the file was removed after the route was made of it
    }
  }

  /** The file and line of a step. */
  public static String of(ProcessorDefinition<?> step) {
    return of(step, ProcessorDefinitionHelper.getRoute(step));
  }

  /**
   * The file and line of a part of a route.
   *
   * @param route null if it is none's own
   */
  public static String of(LineNumberAware part, RouteDefinition route) {
    String file = route == null ? file(part) : file(route);
    return part.getLineNumber() > 0 ? file + ":" + part.getLineNumber() : file;
  }

  /** The file and line of a line of an expression. */
  public static String of(RouteExpression expression, int number) {
    return expression.place(number);
  }
}
