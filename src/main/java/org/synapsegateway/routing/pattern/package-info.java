/**
 * Request patterns: what a line such as {@code GET ^/a/[^/]+$} means, and the one automaton that
 * matches all of them. Knows heads of requests, and neither Camel nor Matrix.
 */
package org.synapsegateway.routing.pattern;
