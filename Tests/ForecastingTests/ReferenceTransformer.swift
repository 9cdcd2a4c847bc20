import Foundation

@testable import Forecasting

/// The encoder written from its equations in double precision over a net's block.
struct ReferenceTransformer: ReferenceNet {
    let net: TransformerNet
    var block: [Double]

    func outputs(_ window: [Float]) -> [Double] {
        let width = net.shape.hidden, x = window.map(Double.init)
        var stream = (0..<net.tokens).map { token in
            let patch = Array(x[token * net.patchRows..<(token + 1) * net.patchRows])
            return sum(linear(net.embed, patch), Array(block[net.position + token * width..<net.position + (token + 1) * width]))
        }
        for layer in net.layers {
            let projected = stream.map { linear(layer.project, normed(layer.attentionNorm, $0)) }
            let mixed = attention(projected)
            stream = zip(stream, mixed).map { sum($0, linear(layer.mix, $1)) }
            stream = stream.map { token in
                let wide = linear(layer.expand, normed(layer.feedForwardNorm, token)).map { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) }
                return sum(token, linear(layer.contract, wide))
            }
        }
        return Array(linear(net.head, normed(net.norm, stream[net.tokens - 1]))[..<net.shape.outputs])
    }

    private func attention(_ projected: [[Double]]) -> [[Double]] {
        let width = net.shape.hidden, depth = width / TransformerNet.heads
        return projected.map { query in
            (0..<TransformerNet.heads).flatMap { head in
                let scores = projected.map { key in
                    (0..<depth).reduce(0.0) { $0 + query[head * depth + $1] * key[width + head * depth + $1] } / Double(depth).squareRoot()
                }
                let weights = scores.map { exp($0) }, total = weights.reduce(0, +)
                return (0..<depth).map { d in
                    zip(weights, projected).reduce(0.0) { $0 + $1.0 / total * $1.1[2 * width + head * depth + d] }
                }
            }
        }
    }

    private func linear(_ l: LinearLayer, _ x: [Double]) -> [Double] {
        (0..<l.rows).map { row in (0..<l.columns).reduce(block[l.bias + row]) { $0 + block[l.weight + row * l.columns + $1] * x[$1] } }
    }

    private func normed(_ norm: TransformerNet.Norm, _ x: [Double]) -> [Double] {
        let mean = x.reduce(0, +) / Double(x.count)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        return x.indices.map { block[norm.beta + $0] + block[norm.gamma + $0] * (x[$0] - mean) / (variance + 1e-5).squareRoot() }
    }

    private func sum(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map(+) }
}
