// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import org.apache.camel.CamelContext;
import org.apache.camel.LineNumberAware;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.apache.camel.dsl.yaml.common.YamlDeserializationContext;
import org.apache.camel.dsl.yaml.common.YamlDeserializerResolver;
import org.apache.camel.dsl.yaml.deserializers.BeansDeserializer;
import org.apache.camel.dsl.yaml.deserializers.CustomResolver;
import org.apache.camel.dsl.yaml.deserializers.ModelDeserializersResolver;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Loads YAML routes as Camel does, names the place of what cannot be read, and gives each part its
 * line: Camel takes the line before that of a mapping in braces.
 */
public final class YamlRoutes extends YamlRoutesBuilderLoader {
  private YamlRoutes() {}

  /** Has a context load its routes so. */
  public static void use(CamelContext context) {
    YamlRoutes loader = new YamlRoutes();
    loader.setCamelContext(context);
    ServiceHelper.startService(loader);
    context.getRegistry().bind("yamlRoutes", loader);
  }

  @Override
  protected YamlDeserializationContext newYamlDeserializationContext(
      LoadSettings settings, Resource resource) {
    YamlDeserializationContext context = super.newYamlDeserializationContext(settings, resource);
    context.addResolver(new Readers());
    return context;
  }

  /** Camel's readers of the parts of a route, each with an eye on what it reads. */
  private static final class Readers implements YamlDeserializerResolver {
    private final YamlDeserializerResolver custom = new CustomResolver(new BeansDeserializer());
    private final YamlDeserializerResolver model = new ModelDeserializersResolver();

    @Override
    public int getOrder() {
      return ORDER_HIGHEST;
    }

    @Override
    public @Nullable ConstructNode resolve(String id) {
      if (id.equals("beans")) {
        return null; // the loader's own reader knows which beans there are already
      }
      ConstructNode first = custom.resolve(id);
      ConstructNode reader = first == null ? model.resolve(id) : first;
      return reader == null ? null : node -> read(reader, node);
    }

    private static Object read(ConstructNode reader, Node node) {
      try {
        Object part = reader.construct(node);
        if (part instanceof LineNumberAware placed
            && node instanceof MappingNode mapping
            && mapping.getFlowStyle() == FlowStyle.FLOW) {
          node.getStartMark().map(Mark::getLine).ifPresent(line -> placed.setLineNumber(line + 1));
        }
        return part;
      } catch (MarkedYamlEngineException | PlacedException e) {
        throw e;
      } catch (RuntimeException e) {
        throw new PlacedException(node.getStartMark().map(Readers::place).orElse(""), e);
      }
    }

    private static String place(Mark mark) {
      return mark.getName().replaceFirst("^file:", "") + ":" + RouteTree.where(mark);
    }
  }
}
