// One region's network: a subnet the site sends through (out to the providers as well), and one for the private endpoints, which send nothing.
param name string
param location string
param tags object

@description('First two octets; regions that are peered must differ.')
param addressStart string

resource network 'Microsoft.Network/virtualNetworks@2024-10-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['${addressStart}.0.0/16'] }
    subnets: [
      {
        name: 'gateway'
        properties: {
          addressPrefix: '${addressStart}.0.0/24'
          delegations: [
            {
              name: 'flex'
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: '${addressStart}.1.0/24'
          defaultOutboundAccess: false
        }
      }
    ]
  }

  resource gateway 'subnets' existing = {
    name: 'gateway'
  }

  resource endpoints 'subnets' existing = {
    name: 'endpoints'
  }
}

output gatewaySubnetId string = network::gateway.id
output endpointsSubnetId string = network::endpoints.id
