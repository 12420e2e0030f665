// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.ResolveEndpointFailedException;

/** A start that has failed: the exception with its causes, and the route files that it is about. */
final class FailedStart {
  /** An object of Camel's inside a message, which says nothing. */
  private static final Pattern OBJECT =
      Pattern.compile(" on:? org\\.apache\\.camel\\.reifier\\.\\w+@\\p{XDigit}+");

  private static final Pattern BEAN = Pattern.compile("Error creating bean: (\\S+) of type: .*");

  private static final Pattern PARSED =
      Pattern.compile("Error pre-parsing resource: (?:file:)?(\\S+)");

  /** From the outermost exception to the innermost. */
  private final List<Throwable> causes;

  private final RouteFiles files =
      RouteFiles.of(Configuration.given(Layout.ROUTES).orElse(Layout.ROUTE_FILES));

  FailedStart(Throwable error) {
    causes = Causes.of(error);
  }

  /** The route files as they are now. */
  RouteFiles files() {
    return files;
  }

  /** The outermost exception of a type. */
  <T extends Throwable> Optional<T> find(Class<T> type) {
    return causes.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /** The part that a pattern marks in the outermost message that it matches. */
  Optional<String> group(Pattern message) {
    return causes.stream()
        .map(cause -> message.matcher(String.valueOf(cause.getMessage())))
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .findFirst();
  }

  /** The bean that could not be made. */
  Optional<String> bean() {
    return group(BEAN);
  }

  /** The file that could not be parsed; empty if it is not that. */
  String parsedFile() {
    return group(PARSED).orElse("");
  }

  /** The exception that began it. */
  Throwable innermost() {
    return causes.get(causes.size() - 1);
  }

  /** The message of the innermost exception that has one. */
  String message() {
    String message = causes.get(0).toString();
    for (Throwable cause : causes) {
      if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
        message = cause.getMessage();
      }
    }
    return OBJECT.matcher(message).replaceAll("");
  }

  /** The step, or its route where the step is not found; Camel keeps neither line. */
  String placeOfStep() {
    Optional<String> place = find(PlacedException.class).map(PlacedException::place);
    if (place.isPresent() && !place.get().isEmpty()) {
      return place.get();
    }
    String step = find(ResolveEndpointFailedException.class).map(e -> tail(e.getUri())).orElse("");
    return files.placeOfStep(route(), step);
  }

  /** The id of the route that could not be made or started; empty if it was not one. */
  String route() {
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
