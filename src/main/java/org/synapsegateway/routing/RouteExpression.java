// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.LineNumberAware;
import org.apache.camel.model.HasExpressionType;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.spi.Resource;
import org.jspecify.annotations.Nullable;

/**
 * An expression of a route, and its place.
 *
 * @param routeId the route
 * @param text the expression, its placeholders resolved
 * @param file the file of the route, or the empty text if it did not come from one
 * @param line the line in the file where the expression begins, or that of the step if the
 *     expression cannot be found there, or 0 if neither is known
 */
public record RouteExpression(String routeId, String text, String file, int line) {

  /** All expressions in this language of a context, in the order of their routes and steps. */
  public static List<RouteExpression> all(CamelContext context, String language) {
    List<RouteExpression> found = new ArrayList<>();
    Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
    for (RouteDefinition route : model.getRouteDefinitions()) {
      for (HasExpressionType step :
          ProcessorDefinitionHelper.filterTypeInOutputs(
              route.getOutputs(), HasExpressionType.class)) {
        ExpressionDefinition expression = step.getExpressionType();
        if (expression != null
            && language.equals(expression.getLanguage())
            && expression.getExpression() != null) {
          found.add(of(context, route, step, expression.getExpression()));
        }
      }
    }
    return found;
  }

  /** The expression of one step of a route, in any language. */
  public static RouteExpression of(
      CamelContext context, RouteDefinition route, HasExpressionType step) {
    ExpressionDefinition expression = step.getExpressionType();
    boolean hasText = expression.getExpression() != null; // a method call is all options
    return of(context, route, step, hasText ? expression.getExpression() : expression.getLabel());
  }

  /**
   * The place of an expression that Camel is about to make a route of; null if it is in no route.
   */
  static @Nullable RouteExpression beingMade(CamelContext context, String language, String text) {
    String route = context.getCamelContextExtension().getCreateRoute();
    return all(context, language).stream()
        .filter(candidate -> candidate.routeId().equals(route) && candidate.text().equals(text))
        .findFirst()
        .orElse(null);
  }

  private static RouteExpression of(
      CamelContext context, RouteDefinition route, HasExpressionType step, String text) {
    String resolved = RoutePlaceholders.resolve(context, route, text).trim();
    int stepLine = step instanceof LineNumberAware aware ? Math.max(aware.getLineNumber(), 0) : 0;
    Resource resource = route.getResource();
    if (resource == null) {
      return new RouteExpression(route.getRouteId(), resolved, "", 0);
    }
    String file = resource.getLocation().replaceFirst("^(file|classpath):", "");
    int line = lineOf(resource, stepLine, text.trim().split("\n", 2)[0].trim());
    return new RouteExpression(route.getRouteId(), resolved, file, line);
  }

  /** The first line that holds a text, from the step's line on: YAML keeps no line of a value. */
  private static int lineOf(Resource resource, int from, String text) {
    try (InputStream in = resource.getInputStream()) {
      String[] lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1);
      for (int line = Math.max(from, 1); line <= lines.length; line++) {
        if (lines[line - 1].contains(text)) {
          return line;
        }
      }
    } catch (IOException e) {
      return from; // the step's own line is known without the file
    }
    return from;
  }

  /**
   * For example {@code routes/front.camel.yaml:34}; the route if it did not come from a file.
   *
   * @param number a line of the expression, from 1
   */
  public String place(int number) {
    if (file.isEmpty()) {
      return "route " + routeId;
    }
    return line == 0 ? file : file + ":" + (line + number - 1);
  }
}
