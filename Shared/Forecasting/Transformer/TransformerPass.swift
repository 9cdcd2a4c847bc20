package import Kernels

/// Forward and backward pass of the encoder for one panel of sixteen samples; activations are stored as one panel per token.
package final class TransformerPass: SequencePass {
    package let outputs: OutputPanels
    private let tokens, width: Int
    private let patches: PanelRows
    /// The residual stream, the output of a branch, and their gradients.
    private let stream, branch, streamGradient, branchGradient: PanelRows
    private let wide, wideGradient: PanelRows
    private let projectedGradient: PanelRows
    private let layers: [LayerActivations]
    private let last: NormActivations
    private let rows, rowGradient: LaneBuffer
    private let memory: [LaneBuffer]

    init(_ net: TransformerNet) {
        tokens = net.tokens
        width = net.shape.hidden
        let allocator = PanelAllocator(panels: net.tokens)
        patches = allocator.rows(net.patchRows)
        stream = allocator.rows(width)
        branch = allocator.rows(width)
        streamGradient = allocator.rows(width)
        branchGradient = allocator.rows(width)
        wide = allocator.rows(net.feedForward)
        wideGradient = allocator.rows(net.feedForward)
        projectedGradient = allocator.rows(3 * width)
        layers = net.layers.map { _ in LayerActivations(net, allocator) }
        last = NormActivations(net, allocator)
        rows = LaneBuffer(floats: tokens * panelWidth * max(net.patchRows, net.feedForward))
        rowGradient = LaneBuffer(count: width * 2)
        outputs = OutputPanels(net.shape)
        memory = allocator.memory
    }

    package func forward(_ net: TransformerNet, samples: ArraySlice<UnsafePointer<Float>>, dropout: Dropout?) {
        for token in 0..<tokens { gather(samples, offset: token * net.patchRows, rows: net.patchRows, into: patches[token]) }
        net.embed.apply(patches, into: stream)
        let position = net.parameters.floats + net.position
        for token in 0..<tokens {
            for row in 0..<width * 2 { stream[token][row] += Float8(repeating: position[token * width + row / 2]) }
        }
        for (i, layer) in net.layers.enumerated() {
            let memory = layers[i]
            normalise(net, layer.attentionNorm, memory.attentionNorm)
            layer.project.apply(memory.attentionNorm.output, into: memory.projected)
            memory.attention.forward(memory.projected, into: memory.mixed, dropout: dropout, site: site(i, 0))
            layer.mix.apply(memory.mixed, into: branch)
            addBranch(dropout, site: site(i, 1))

            normalise(net, layer.feedForwardNorm, memory.feedForwardNorm)
            layer.expand.apply(memory.feedForwardNorm.output, into: memory.active)
            for token in 0..<tokens {
                let active = memory.active[token], slopes = memory.slopes[token], count = net.feedForward * 2
                Activation.gelu(active, slopes: slopes, count: count)
                dropout?.apply(active, site: site(i, 2) + token, into: active, count: count)
                dropout?.apply(slopes, site: site(i, 2) + token, into: slopes, count: count)
            }
            layer.contract.apply(memory.active, into: branch)
            addBranch(dropout, site: site(i, 3))
        }
        normalise(net, net.norm, last)
        net.head.apply(newest(last.output), into: outputs.rows(of: outputs.values))
    }

    package func backward(_ net: TransformerNet, samples: ArraySlice<UnsafePointer<Float>>, dropout: Dropout?, into gradient: LaneBuffer) {
        precondition(samples.count == panelWidth)
        let loss = outputs.rows(of: outputs.gradient)
        net.head.accumulate(loss, inputs: newest(last.output), rows: rows, into: gradient)
        for token in 0..<tokens {
            for row in 0..<width * 2 {
                branchGradient[token][row] = Float8(repeating: 0)
                streamGradient[token][row] = Float8(repeating: 0)
            }
        }
        net.head.inputGradient(loss, into: newest(branchGradient))
        backwardNorm(net, net.norm, last, into: gradient)
        for (i, layer) in net.layers.enumerated().reversed() {
            let memory = layers[i]
            takeBranch(dropout, site: site(i, 3))
            layer.contract.accumulate(branchGradient, inputs: memory.active, rows: rows, into: gradient)
            layer.contract.inputGradient(branchGradient, into: wideGradient)
            for token in 0..<tokens {
                for row in 0..<net.feedForward * 2 { wideGradient[token][row] *= memory.slopes[token][row] }
            }
            layer.expand.accumulate(wideGradient, inputs: memory.feedForwardNorm.output, rows: rows, into: gradient)
            layer.expand.inputGradient(wideGradient, into: branchGradient)
            backwardNorm(net, layer.feedForwardNorm, memory.feedForwardNorm, into: gradient)

            takeBranch(dropout, site: site(i, 1))
            layer.mix.accumulate(branchGradient, inputs: memory.mixed, rows: rows, into: gradient)
            layer.mix.inputGradient(branchGradient, into: branch)
            memory.attention.backward(branch, memory.projected, into: projectedGradient, dropout: dropout, site: site(i, 0))
            layer.project.accumulate(projectedGradient, inputs: memory.attentionNorm.output, rows: rows, into: gradient)
            layer.project.inputGradient(projectedGradient, into: branchGradient)
            backwardNorm(net, layer.attentionNorm, memory.attentionNorm, into: gradient)
        }
        for token in 0..<tokens {
            for row in 0..<width {
                gradient.floats[net.position + token * width + row] += (streamGradient[token][row * 2] + streamGradient[token][row * 2 + 1])
                    .sum()
            }
            for (lane, sample) in samples.enumerated() {
                (rows.floats + (token * panelWidth + lane) * net.patchRows).update(
                    from: sample + token * net.patchRows, count: net.patchRows)
            }
        }
        net.embed.accumulate(streamGradient, transposedInputs: rows, into: gradient)
    }

    /// The number of a dropout site; its low 8 bits are free for the head or token.
    private func site(_ layer: Int, _ place: Int) -> Int { (layer * 4 + place) << 8 }

    /// The last token's panel.
    private func newest(_ rows: PanelRows) -> PanelRows { PanelRows(base: rows[tokens - 1], stride: rows.stride, panels: 1) }

    private func normalise(_ net: TransformerNet, _ norm: TransformerNet.Norm, _ memory: NormActivations) {
        for token in 0..<tokens {
            LayerNorm.forward(
                stream[token], gamma: net.parameters.floats + norm.gamma, beta: net.parameters.floats + norm.beta,
                normed: memory.normed[token], inverse: memory.inverse.lanes + token * 2, output: memory.output[token], rows: width)
        }
    }

    /// Adds to the stream's gradient the gradient through a layer normalisation, from `branchGradient`.
    private func backwardNorm(_ net: TransformerNet, _ norm: TransformerNet.Norm, _ memory: NormActivations, into gradient: LaneBuffer) {
        rowGradient.clear()
        for token in 0..<tokens {
            LayerNorm.backward(
                branchGradient[token], gamma: net.parameters.floats + norm.gamma, normed: memory.normed[token],
                inverse: memory.inverse.lanes + token * 2, addingTo: streamGradient[token], gammaGradient: rowGradient.lanes,
                betaGradient: rowGradient.lanes + width, rows: width)
        }
        for row in 0..<width {
            gradient.floats[norm.gamma + row] += rowGradient.lanes[row].sum()
            gradient.floats[norm.beta + row] += rowGradient.lanes[width + row].sum()
        }
    }

    private func addBranch(_ dropout: Dropout?, site: Int) {
        for token in 0..<tokens {
            dropout?.apply(branch[token], site: site + token, into: branch[token], count: width * 2)
            Reduction.add(branch[token], to: stream[token], count: width * 2)
        }
    }

    private func takeBranch(_ dropout: Dropout?, site: Int) {
        for token in 0..<tokens {
            if let dropout {
                dropout.apply(streamGradient[token], site: site + token, into: branchGradient[token], count: width * 2)
            } else {
                branchGradient[token].update(from: streamGradient[token], count: width * 2)
            }
        }
    }
}

/// The values of a layer normalisation that its backward pass needs.
private struct NormActivations {
    let normed, output: PanelRows
    let inverse: LaneBuffer

    init(_ net: TransformerNet, _ allocator: PanelAllocator) {
        normed = allocator.rows(net.shape.hidden)
        output = allocator.rows(net.shape.hidden)
        inverse = LaneBuffer(count: net.tokens * 2)
    }
}

/// The values of an encoder layer that its backward pass needs.
private struct LayerActivations {
    let attentionNorm, feedForwardNorm: NormActivations
    let projected, mixed, active, slopes: PanelRows
    let attention: Attention

    init(_ net: TransformerNet, _ allocator: PanelAllocator) {
        attentionNorm = NormActivations(net, allocator)
        feedForwardNorm = NormActivations(net, allocator)
        projected = allocator.rows(3 * net.shape.hidden)
        mixed = allocator.rows(net.shape.hidden)
        active = allocator.rows(net.feedForward)
        slopes = allocator.rows(net.feedForward)
        attention = Attention(tokens: net.tokens, width: net.shape.hidden, heads: TransformerNet.heads)
    }
}

/// Allocates the panels of one pass and owns their memory.
private final class PanelAllocator {
    private let panels: Int
    private(set) var memory: [LaneBuffer] = []

    init(panels: Int) { self.panels = panels }

    /// One panel of `rows` rows per token. Panels are padded by one cache line, so that the same row of different tokens falls into
    /// different cache sets.
    func rows(_ rows: Int) -> PanelRows {
        let stride = rows * 2 + 2
        let buffer = LaneBuffer(count: panels * stride)
        memory.append(buffer)
        return PanelRows(base: buffer.lanes, stride: stride, panels: panels)
    }
}
