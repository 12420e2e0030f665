/**
 * Request patterns: what a line such as {@code GET ^/a/[^/]+$} means, and the one automaton that
 * matches all of them. Knows heads of requests, and neither Camel nor Matrix.
 */
@NullMarked
package org.synapsegateway.routing.pattern;

import org.jspecify.annotations.NullMarked;
