/** The commands, a class each: what they take, what they print and what they exit with. */
package org.synapsegateway.cli;
