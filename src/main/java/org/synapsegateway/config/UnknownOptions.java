// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.util.URISupport;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

/** Finds options of URIs that their components do not know. */
final class UnknownOptions {
  private final CamelContext context;
  private final List<Fault> faults;

  /**
   * @param faults takes those that are found
   */
  UnknownOptions(CamelContext context, List<Fault> faults) {
    this.context = context;
    this.faults = faults;
  }

  void check(RouteDefinition route) {
    check(RoutePlace.of(route.getInput(), route), RouteModel.from(context, route), true);
    for (ProcessorDefinition<?> to : RouteModel.sends(route)) {
      check(RoutePlace.of(to), RouteModel.uri(context, route, to), false);
    }
  }

  /** Faults have names only: a value may be a secret. */
  private void check(String place, String uri, boolean from) {
    String scheme = uri.substring(0, Math.max(uri.indexOf(':'), 0));
    EndpointUriFactory factory = context.getCamelContextExtension().getEndpointUriFactory(scheme);
    // where a component takes any option, those of a to: are the query of its request
    if (factory == null || factory.isLenientProperties() && !from) {
      return;
    }
    for (String option : options(uri)) {
      boolean known =
          factory.propertyNames().contains(option)
              || factory.multiValuePrefixes().values().stream().anyMatch(option::startsWith);
      if (!known) {
        faults.add(
            new Fault(
                Code.UNKNOWN_OPTION,
                place,
                option,
                "%s: has no option %s%s"
                    .formatted(scheme, option, Spelling.hint(option, factory.propertyNames()))));
      }
    }
  }

  private static Set<String> options(String uri) {
    try {
      return URISupport.parseQuery(
              uri.substring(RouteModel.withoutOptions(uri).length()).replaceFirst("^\\?", ""))
          .keySet();
    } catch (URISyntaxException e) {
      return Set.of(); // Camel reports what is wrong with it
    }
  }
}
