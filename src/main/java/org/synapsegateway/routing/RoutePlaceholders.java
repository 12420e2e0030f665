// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.PropertiesComponent;

/** Resolves placeholders in the text of a route before Camel makes the route. */
public final class RoutePlaceholders {
  private RoutePlaceholders() {}

  /**
   * The text as Camel reads it when it makes this route: the parameters of a route template come
   * before the settings.
   *
   * @throws IllegalArgumentException if a placeholder has no value
   */
  public static String resolve(CamelContext context, RouteDefinition route, String text) {
    if (!route.isCreatedFromTemplate()) {
      return context.resolvePropertyPlaceholders(text);
    }
    PropertiesComponent properties = context.getPropertiesComponent();
    Properties outer = properties.getLocalProperties();
    properties.setLocalProperties(parameters(route));
    try {
      return context.resolvePropertyPlaceholders(text);
    } finally {
      properties.setLocalProperties(outer);
    }
  }

  private static Properties parameters(RouteDefinition route) {
    Properties parameters = new Properties();
    putAll(parameters, route.getTemplateDefaultParameters());
    putAll(parameters, route.getTemplateParameters());
    return parameters;
  }

  private static void putAll(Properties to, Map<String, Object> from) {
    if (from != null) {
      from.forEach((name, value) -> to.setProperty(name, String.valueOf(value)));
    }
  }
}
