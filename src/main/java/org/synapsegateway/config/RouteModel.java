// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.routing.RoutePlaceholders;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.WorkerList;
import org.synapsegateway.worker.WorkerListEndpoint;

/** The routes of a context as they are written: their steps, and where these send to. */
public final class RouteModel {
  /** What the URI of a worker begins with. */
  private static final String WORKER = "worker:";

  private RouteModel() {}

  /** All routes of a context, by their files. */
  public static List<RouteDefinition> routes(CamelContext context) {
    Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
    return model.getRouteDefinitions().stream()
        .sorted(Comparator.comparing(RoutePlace::file))
        .toList();
  }

  /** All steps of a kind in a route, in their order. */
  public static <T> Collection<T> all(RouteDefinition route, Class<T> type) {
    return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), type);
  }

  /** Whether a URI is a worker's. */
  static boolean isWorker(String uri) {
    return uri.startsWith(WORKER);
  }

  /** Whether a URI is that of a list of workers. */
  static boolean isList(String uri) {
    return isWorker(uri) && WorkerList.isList(uri.substring(WORKER.length()));
  }

  /** The steps with lists of workers, in the order of the routes. */
  public static List<ProcessorDefinition<?>> lists(CamelContext context) {
    List<ProcessorDefinition<?>> lists = new ArrayList<>();
    for (RouteDefinition route : routes(context)) {
      sends(route).stream().filter(to -> isList(uri(context, route, to))).forEach(lists::add);
    }
    return lists;
  }

  /** The list of workers that a step sends to, of a context that has started. */
  public static @Nullable WorkerListEndpoint list(
      CamelContext context, ProcessorDefinition<?> step) {
    RouteDefinition route = ProcessorDefinitionHelper.getRoute(step);
    return WorkerListEndpoint.behind(context.getEndpoint(uri(context, route, step)));
  }

  /** The steps that send to each worker, by the addresses of the workers; without lists. */
  public static Map<String, List<ProcessorDefinition<?>>> workers(CamelContext context) {
    Map<String, List<ProcessorDefinition<?>>> workers = new TreeMap<>();
    for (RouteDefinition route : routes(context)) {
      for (ProcessorDefinition<?> to : sends(route)) {
        String uri = withoutOptions(uri(context, route, to));
        if (isWorker(uri) && !isList(uri)) {
          workers.computeIfAbsent(address(uri), found -> new ArrayList<>()).add(to);
        }
      }
    }
    return workers;
  }

  /** The URI that a route is from. */
  static String from(CamelContext context, RouteDefinition route) {
    return RoutePlaceholders.resolve(context, route, route.getInput().getEndpointUri());
  }

  /** The steps that send to a URI that is known before there is a request. */
  static Collection<ProcessorDefinition<?>> sends(RouteDefinition route) {
    List<ProcessorDefinition<?>> sends = new ArrayList<>();
    for (ProcessorDefinition<?> step : all(route, ProcessorDefinition.class)) {
      if (!written(step).isEmpty() && !written(step).contains("${")) {
        sends.add(step);
      }
    }
    return sends;
  }

  /** The URI that a step sends to; the empty text for a step that sends nowhere. */
  static String uri(CamelContext context, RouteDefinition route, ProcessorDefinition<?> step) {
    return RoutePlaceholders.resolve(context, route, written(step));
  }

  /** The URI of a step as it is written; the empty text for a step that sends nowhere. */
  static String written(ProcessorDefinition<?> step) {
    String uri =
        step instanceof SendDefinition<?> to
            ? to.getEndpointUri()
            : step instanceof ToDynamicDefinition to ? to.getUri() : null;
    return uri == null ? "" : uri;
  }

  /** A URI without its options. */
  static String withoutOptions(String uri) {
    int options = uri.indexOf('?');
    return options < 0 ? uri : uri.substring(0, options);
  }

  /** As Camel compares them: without options, and without the slashes that may be there. */
  static String plain(String uri) {
    String place = withoutOptions(uri);
    int scheme = place.indexOf(':');
    if (scheme < 1 || place.lastIndexOf('/', scheme) >= 0) {
      return place;
    }
    int begin = scheme + 1;
    while (begin < place.length() && place.charAt(begin) == '/') {
      begin++;
    }
    return place.substring(0, scheme + 1) + place.substring(begin);
  }

  /** The name of a {@code direct:} URI; the empty text of another. */
  static String direct(String uri) {
    String plain = plain(uri);
    return plain.startsWith("direct:") ? plain.substring("direct:".length()) : "";
  }

  /** The address of a worker's URI, the same however it is written; as it is if it is none. */
  static String address(String uri) {
    try {
      WorkerAddress address = WorkerAddress.of(uri.substring(WORKER.length()));
      return address instanceof WorkerAddress.Unix unix
          ? unix.path().normalize().toString()
          : address.toString();
    } catch (IllegalArgumentException e) {
      return uri; // the worker's endpoint reports what is wrong with it
    }
  }

  /** A worker's URI with its address as {@link #address} has it. */
  static String tidy(String uri) {
    String address = address(uri);
    return address.startsWith("/") ? WORKER + WorkerAddress.UNIX + address : uri;
  }

  /** What a route is called in messages. */
  static String name(RouteDefinition route) {
    return route.getRouteId() == null ? "a route without id" : "route " + route.getRouteId();
  }
}
